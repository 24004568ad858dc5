// SPDX-License-Identifier: Apache-2.0
#include "core/text/language.h"

#include "core/text/catalogue_data.h"

namespace cardea::text {
namespace {

bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }

bool is_name_character(char c) noexcept {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '@';
}

// The language part: two or three small letters.
std::string_view language_part(std::string_view name) noexcept {
  std::size_t size = 0;
  while (size < name.size() && is_lower(name[size]))
    ++size;
  return name.substr(0, size);
}

}  // namespace

bool is_locale_name(std::string_view name) noexcept {
  if (name.size() > kMaxLocaleName) return false;
  const std::size_t size = language_part(name).size();
  if (size < 2 || size > 3) return false;
  if (name.size() > size && is_name_character(name[size]) &&
      (name[size] == '.' || name[size] == '_' || name[size] == '-' || name[size] == '@')) {
    for (const char c : name.substr(size)) {
      if (!is_name_character(c)) return false;
    }
    return name.find("..") == std::string_view::npos;
  }
  return name.size() == size;
}

Language language_of(std::string_view locale_name) noexcept {
  if (!is_locale_name(locale_name)) return kEnglish;
  const std::string_view wanted = language_part(locale_name);
  for (std::size_t i = 0; i < kLanguageCount; ++i) {
    if (wanted == kLanguages[i].code) return Language{static_cast<std::uint8_t>(i + 1)};
  }
  return kEnglish;
}

}  // namespace cardea::text
