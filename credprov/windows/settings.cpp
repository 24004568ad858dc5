// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/settings.h"

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <objbase.h>

namespace cardea::credprov {
namespace {

constexpr const wchar_t* kDisabled = L"Disabled";
constexpr const wchar_t* kHideOthers = L"HideOtherProviders";
constexpr const wchar_t* kAllowed = L"AllowedProviders";
constexpr const wchar_t* kStartsPending = L"StartsPending";
constexpr const wchar_t* kLastStart = L"LastStart";
constexpr DWORD kMaxListBytes = 16'384;  // more than two hundred classes

// What stands between classes: the ends of a MULTI_SZ's strings; ';' in the installer's one string.
bool separates(wchar_t c) noexcept { return c == L'\0' || c == L';'; }

std::vector<ProviderId> classes_in(std::wstring_view list) {
  std::vector<ProviderId> classes;
  for (std::size_t at = 0; at < list.size();) {
    std::size_t end = at;
    while (end < list.size() && !separates(list[end]))
      ++end;
    GUID guid{};
    if (end != at && CLSIDFromString(std::wstring(list.substr(at, end - at)).c_str(), &guid) == NOERROR) {
      ProviderId id{};
      std::memcpy(id.data(), &guid, id.size());
      classes.push_back(id);
    }
    at = end + 1;
  }
  return classes;
}

}  // namespace

std::optional<std::uint32_t> Settings::number(const wchar_t* key, const wchar_t* name) const noexcept {
  DWORD value = 0;
  DWORD size = sizeof value;
  const LSTATUS status =
      RegGetValueW(seams_.settings_root(), key, name, RRF_RT_REG_DWORD, nullptr, &value, &size);
  return status == ERROR_SUCCESS ? std::optional<std::uint32_t>(value) : std::nullopt;
}

std::optional<std::vector<ProviderId>> Settings::classes(const wchar_t* key, const wchar_t* name) const {
  std::wstring list(kMaxListBytes / sizeof(wchar_t), L'\0');
  DWORD size = kMaxListBytes;
  if (RegGetValueW(seams_.settings_root(), key, name, RRF_RT_REG_MULTI_SZ | RRF_RT_REG_SZ, nullptr,
                   list.data(), &size) != ERROR_SUCCESS) {
    return std::nullopt;
  }
  return classes_in(std::wstring_view(list).substr(0, size / sizeof(wchar_t)));
}

bool Settings::disabled() const noexcept {
  return number(seams_.policy_key(), kDisabled).value_or(0) != 0 ||
         number(seams_.settings_key(), kDisabled).value_or(0) != 0;
}

bool Settings::hides_others() const noexcept {
  const std::uint32_t local = number(seams_.settings_key(), kHideOthers).value_or(0);
  return number(seams_.policy_key(), kHideOthers).value_or(local) == 1;
}

std::vector<ProviderId> Settings::allowed_providers() const {
  if (auto ordered = classes(seams_.policy_key(), kAllowed)) return *std::move(ordered);
  return classes(seams_.settings_key(), kAllowed).value_or(std::vector<ProviderId>{});
}

std::uint32_t Settings::starts_pending() noexcept {
  return number(seams_.settings_key(), kStartsPending).value_or(0);
}

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
