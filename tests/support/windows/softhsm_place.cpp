// SPDX-License-Identifier: Apache-2.0
// ctest sets CARDEA_TEST_BRIDGE, Wine's name of the bridge, and SOFTHSM2_CONF, this machine's name of the one
// configuration that SoftHSM will read: the environment that it sees was made before the process, and can't
// be changed in it.
#include "tests/support/softhsm_place.h"

#include <filesystem>
#include <stdexcept>

#include <windows.h>

namespace cardea::test {
namespace {

std::string environment(const char* name) {
  char value[1024];
  const DWORD size = ::GetEnvironmentVariableA(name, value, sizeof value);
  if (size == 0 || size >= sizeof value) throw std::runtime_error(std::string(name) + " is not set");
  return value;
}

}  // namespace

std::string softhsm_module() {
  return std::filesystem::path(environment("CARDEA_TEST_BRIDGE")).make_preferred().string();
}

std::string softhsm_path(const std::string& path) {
  using UnixName = char*(CDECL*)(const WCHAR*);  // of Wine's own
  const auto unix_name = reinterpret_cast<UnixName>(
      reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleA("kernel32"), "wine_get_unix_file_name")));
  if (unix_name == nullptr) throw std::runtime_error("this is not Wine");
  char* const name = unix_name(std::filesystem::path(path).make_preferred().c_str());
  if (name == nullptr) throw std::runtime_error(path + ": no such name");
  std::string copy(name);
  ::HeapFree(::GetProcessHeap(), 0, name);
  return copy;
}

std::string softhsm_config(const std::string& /*directory*/) { return "Z:" + environment("SOFTHSM2_CONF"); }
void use_softhsm_config(const std::string& /*config*/) {}
void forget_softhsm_config() { std::filesystem::remove(softhsm_config({})); }

}  // namespace cardea::test
