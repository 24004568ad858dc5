// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/settings.h"

#include <cstring>
#include <string>

#include <objbase.h>

namespace cardea::credprov {
namespace {

constexpr const wchar_t* kDisabled = L"Disabled";
constexpr const wchar_t* kHideOthers = L"HideOtherProviders";
constexpr const wchar_t* kAllowed = L"AllowedProviders";
constexpr const wchar_t* kStartsPending = L"StartsPending";
constexpr const wchar_t* kLastStart = L"LastStart";
constexpr DWORD kMaxListBytes = 16'384;  // more than two hundred classes

}  // namespace

std::uint32_t Settings::number(const wchar_t* name) const noexcept {
  DWORD value = 0;
  DWORD size = sizeof value;
  const LSTATUS status = RegGetValueW(seams_.settings_root(), seams_.settings_key(), name, RRF_RT_REG_DWORD,
                                      nullptr, &value, &size);
  return status == ERROR_SUCCESS ? value : 0;
}

bool Settings::disabled() const noexcept { return number(kDisabled) != 0; }
bool Settings::hides_others() const noexcept { return number(kHideOthers) == 1; }

std::vector<ProviderId> Settings::allowed_providers() const {
  std::wstring list(kMaxListBytes / sizeof(wchar_t), L'\0');
  DWORD size = kMaxListBytes;
  if (RegGetValueW(seams_.settings_root(), seams_.settings_key(), kAllowed, RRF_RT_REG_MULTI_SZ, nullptr,
                   list.data(), &size) != ERROR_SUCCESS) {
    return {};
  }
  std::vector<ProviderId> allowed;
  for (const wchar_t* entry = list.c_str(); *entry != L'\0'; entry += std::wcslen(entry) + 1) {
    GUID guid{};
    if (CLSIDFromString(entry, &guid) != NOERROR) continue;
    ProviderId id{};
    std::memcpy(id.data(), &guid, id.size());
    allowed.push_back(id);
  }
  return allowed;
}

std::uint32_t Settings::starts_pending() noexcept { return number(kStartsPending); }

UnixSeconds Settings::last_start() noexcept {
  UnixSeconds value = 0;
  DWORD size = sizeof value;
  const LSTATUS status = RegGetValueW(seams_.settings_root(), seams_.settings_key(), kLastStart,
                                      RRF_RT_REG_QWORD, nullptr, &value, &size);
  return status == ERROR_SUCCESS ? value : 0;
}

void Settings::store(std::uint32_t starts_pending, UnixSeconds last_start) noexcept {
  HKEY key = nullptr;
  if (RegCreateKeyExW(seams_.settings_root(), seams_.settings_key(), 0, nullptr, 0, KEY_SET_VALUE, nullptr,
                      &key, nullptr) != ERROR_SUCCESS) {
    return;
  }
  const DWORD pending = starts_pending;
  (void)RegSetValueExW(key, kStartsPending, 0, REG_DWORD, reinterpret_cast<const BYTE*>(&pending),
                       sizeof pending);
  (void)RegSetValueExW(key, kLastStart, 0, REG_QWORD, reinterpret_cast<const BYTE*>(&last_start),
                       sizeof last_start);
  (void)RegCloseKey(key);
}

}  // namespace cardea::credprov
