// SPDX-License-Identifier: Apache-2.0
#include "tests/windows/credprov/test_values.h"

namespace cardea::credprov::test {
namespace {

void write(const std::wstring& where, const wchar_t* name, DWORD type, const void* data, std::size_t size) {
  HKEY key = nullptr;
  if (RegCreateKeyExW(HKEY_CURRENT_USER, where.c_str(), 0, nullptr, 0, KEY_SET_VALUE, nullptr, &key,
                      nullptr) != ERROR_SUCCESS) {
    return;
  }
  (void)RegSetValueExW(key, name, 0, type, static_cast<const BYTE*>(data), static_cast<DWORD>(size));
  (void)RegCloseKey(key);
}

void write_list(const std::wstring& where, const wchar_t* name, const std::vector<std::wstring>& list) {
  std::wstring joined;
  for (const std::wstring& entry : list)
    joined += entry + L'\0';
  joined += L'\0';
  write(where, name, REG_MULTI_SZ, joined.data(), joined.size() * sizeof(wchar_t));
}

}  // namespace

std::wstring values_key() { return L"SOFTWARE\\Cardea\\Test-" + std::to_wstring(GetCurrentProcessId()); }

std::wstring pipe_path() {
  return L"\\\\.\\pipe\\cardea-test-logon-" + std::to_wstring(GetCurrentProcessId());
}

std::wstring policy_key() { return values_key() + L"\\Policies"; }

void set_value(const wchar_t* name, DWORD value) {
  write(values_key(), name, REG_DWORD, &value, sizeof value);
}

void set_list(const wchar_t* name, const std::vector<std::wstring>& list) {
  write_list(values_key(), name, list);
}

void set_text(const wchar_t* name, const std::wstring& text) {
  write(values_key(), name, REG_SZ, text.c_str(), (text.size() + 1) * sizeof(wchar_t));
}

void set_policy(const wchar_t* name, DWORD value) {
  write(policy_key(), name, REG_DWORD, &value, sizeof value);
}

void set_policy_list(const wchar_t* name, const std::vector<std::wstring>& list) {
  write_list(policy_key(), name, list);
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
