// SPDX-License-Identifier: Apache-2.0
// In which language a person is spoken to. The wish is a locale name of the POSIX form, which comes from the
// environment of whoever asks: of a setuid program, or of a stranger at the daemon's socket. It only chooses
// among the languages that are compiled in (po/), and never becomes part of a path. Used by the programs that
// show texts, and by the PAM module, so nothing here allocates or throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardea::text {

// A longer name is nobody's: the longest of glibc's are under 30 characters.
inline constexpr std::size_t kMaxLocaleName = 64;

struct Language {
  std::uint8_t number = 0;  // 0: English, the language of the source; others as in the catalogue
  bool operator==(const Language&) const = default;
};
inline constexpr Language kEnglish{};

// Language, then perhaps territory, codeset and modifier: “de”, “de_AT.UTF-8”, “de-AT”, “sr@latin”.
bool is_locale_name(std::string_view name) noexcept;

// The language of the name, English when there is no catalogue for it or it is no locale name (“C”, too).
Language language_of(std::string_view locale_name) noexcept;

// What POSIX says counts for messages: the first of LC_ALL, LC_MESSAGES and LANG that is not empty. Empty
// when none is. `look_up` gives a variable's value or null. What is no locale name comes back as “C”, so that
// nothing else travels on.
template <typename LookUp>
std::string_view wished_locale(LookUp look_up) noexcept {
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = look_up(variable);
    if (value == nullptr || *value == '\0') continue;
    // Not strlen: what a stranger has set may be megabytes long.
    std::size_t size = 0;
    while (size <= kMaxLocaleName && value[size] != '\0')
      ++size;
    const std::string_view name(value, size);
    return is_locale_name(name) ? name : "C";
  }
  return {};
}

}  // namespace cardea::text
