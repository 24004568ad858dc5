// SPDX-License-Identifier: Apache-2.0
// Windows: modules are named by absolute path; who may write below %ProgramFiles% is the system's ACL.
#include "core/card/module_library.h"

#include <windows.h>

namespace cardea::card {
namespace {

class DllLibrary final : public ModuleLibrary {
 public:
  explicit DllLibrary(HMODULE handle) noexcept : handle_(handle) {}
  DllLibrary(const DllLibrary&) = delete;
  DllLibrary& operator=(const DllLibrary&) = delete;
  ~DllLibrary() override { (void)::FreeLibrary(handle_); }
  [[nodiscard]] void* symbol(const char* name) const noexcept override {
    return reinterpret_cast<void*>(::GetProcAddress(handle_, name));
  }

 private:
  HMODULE handle_;
};

bool is_absolute(std::string_view path) {
  return path.size() > 3 && path[1] == ':' && path[2] == '\\' && path.find("..") == std::string_view::npos;
}

}  // namespace

Result<std::string> resolve_module(std::string_view name_or_path) {
  if (!is_absolute(name_or_path)) return fail(Error::invalid_argument, "not an absolute path");
  return std::string(name_or_path);
}

Result<std::unique_ptr<ModuleLibrary>> load_module_library(const std::string& path) {
  if (!is_absolute(path)) return fail(Error::not_found, path);
  // The module's own folder and System32, never the current one.
  const HMODULE handle = ::LoadLibraryExA(path.c_str(), nullptr,
                                          LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (handle == nullptr) return fail(Error::io_failed, path);
  return std::unique_ptr<ModuleLibrary>(std::make_unique<DllLibrary>(handle));
}

}  // namespace cardea::card
