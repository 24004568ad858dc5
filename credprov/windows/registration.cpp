// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/registration.h"

#include <string>
#include <string_view>

#include "credprov/windows/com.h"

namespace cardea::credprov {
namespace {

constexpr std::wstring_view kName = L"CardeaCredentialProvider";
constexpr std::wstring_view kAuthentication =
    L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Authentication\\";

std::wstring class_key() { return std::wstring(L"SOFTWARE\\Classes\\CLSID\\") + kProviderClassText; }
std::wstring provider_key() {
  return std::wstring(kAuthentication) + L"Credential Providers\\" + kProviderClassText;
}
std::wstring filter_key() {
  return std::wstring(kAuthentication) + L"Credential Provider Filters\\" + kProviderClassText;
}

LSTATUS write(const std::wstring& key_name, const wchar_t* value_name, std::wstring_view value) {
  HKEY key = nullptr;
  LSTATUS status = RegCreateKeyExW(HKEY_LOCAL_MACHINE, key_name.c_str(), 0, nullptr, 0, KEY_SET_VALUE,
                                   nullptr, &key, nullptr);
  if (status != ERROR_SUCCESS) return status;
  const std::wstring text(value);
  const auto bytes = static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t));
  status = RegSetValueExW(key, value_name, 0, REG_SZ, reinterpret_cast<const BYTE*>(text.c_str()), bytes);
  (void)RegCloseKey(key);
  return status;
}

LSTATUS write_all(const std::wstring& path) {
  if (const LSTATUS s = write(class_key(), nullptr, kName); s != ERROR_SUCCESS) return s;
  const std::wstring server = class_key() + L"\\InprocServer32";
  if (const LSTATUS s = write(server, nullptr, path); s != ERROR_SUCCESS) return s;
  if (const LSTATUS s = write(server, L"ThreadingModel", L"Apartment"); s != ERROR_SUCCESS) return s;
  if (const LSTATUS s = write(filter_key(), nullptr, kName); s != ERROR_SUCCESS) return s;
  return write(provider_key(), nullptr, kName);  // last: from now on LogonUI loads it
}

LSTATUS remove(const std::wstring& key) {
  const LSTATUS status = RegDeleteTreeW(HKEY_LOCAL_MACHINE, key.c_str());
  return status == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : status;
}

}  // namespace

HRESULT register_provider(HMODULE module) noexcept {
  return guarded([&]() -> HRESULT {
    std::wstring path(MAX_PATH, L'\0');
    const DWORD length = GetModuleFileNameW(module, path.data(), MAX_PATH);
    if (length == 0 || length >= MAX_PATH) return E_FAIL;
    path.resize(length);
    const LSTATUS status = write_all(path);
    if (status != ERROR_SUCCESS) (void)unregister_provider();
    return HRESULT_FROM_WIN32(static_cast<DWORD>(status));
  });
}

HRESULT unregister_provider() noexcept {
  return guarded([]() -> HRESULT {
    LSTATUS failed = ERROR_SUCCESS;
    for (const std::wstring& key : {provider_key(), filter_key(), class_key()}) {
      const LSTATUS status = remove(key);
      if (failed == ERROR_SUCCESS) failed = status;
    }
    return HRESULT_FROM_WIN32(static_cast<DWORD>(failed));
  });
}

}  // namespace cardea::credprov
