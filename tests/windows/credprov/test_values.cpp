// SPDX-License-Identifier: Apache-2.0
#include "tests/windows/credprov/test_values.h"

namespace cardea::credprov::test {
namespace {

void write(const wchar_t* name, DWORD type, const void* data, std::size_t size) {
  HKEY key = nullptr;
  if (RegCreateKeyExW(HKEY_CURRENT_USER, values_key().c_str(), 0, nullptr, 0, KEY_SET_VALUE, nullptr, &key,
                      nullptr) != ERROR_SUCCESS) {
    return;
  }
  (void)RegSetValueExW(key, name, 0, type, static_cast<const BYTE*>(data), static_cast<DWORD>(size));
  (void)RegCloseKey(key);
}

}  // namespace

std::wstring values_key() { return L"SOFTWARE\\Cardea\\Test-" + std::to_wstring(GetCurrentProcessId()); }

std::wstring pipe_path() {
  return L"\\\\.\\pipe\\cardea-test-logon-" + std::to_wstring(GetCurrentProcessId());
}

void set_value(const wchar_t* name, DWORD value) { write(name, REG_DWORD, &value, sizeof value); }

void set_list(const wchar_t* name, const std::vector<std::wstring>& list) {
  std::wstring joined;
  for (const std::wstring& entry : list)
    joined += entry + L'\0';
  joined += L'\0';
  write(name, REG_MULTI_SZ, joined.data(), joined.size() * sizeof(wchar_t));
}

DWORD value(const wchar_t* name, DWORD otherwise) {
  DWORD value = 0;
  DWORD size = sizeof value;
  return RegGetValueW(HKEY_CURRENT_USER, values_key().c_str(), name, RRF_RT_REG_DWORD, nullptr, &value,
                      &size) == ERROR_SUCCESS
             ? value
             : otherwise;
}

void remove_values() { (void)RegDeleteTreeW(HKEY_CURRENT_USER, values_key().c_str()); }

}  // namespace cardea::credprov::test
