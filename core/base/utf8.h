// SPDX-License-Identifier: Apache-2.0
// What is valid UTF-8 and what may be shown, without allocation and without a library behind it: the wire
// codec and the PAM module use it inside other people's programs, text.h passes it on to everybody else.
#pragma once

#include <cstddef>
#include <string_view>

namespace cardea {

// The length of the valid UTF-8 sequence (RFC 3629) at the front of `text`, or 0; `text` must not be empty.
inline std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (at(i) & 0xC0) == 0x80; };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if ((lead == 0xE0 && at(1) < 0xA0) || (lead == 0xED && at(1) > 0x9F)) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if ((lead == 0xF0 && at(1) < 0x90) || (lead == 0xF4 && at(1) > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

// Strictly valid UTF-8: no overlong forms, surrogates or values over U+10FFFF.
inline bool is_valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// True for the control characters C0, DEL and C1 at the front of `text`, which `utf8_sequence` found valid.
inline bool is_control_character(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7F) return true;
  return first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
}

// Valid UTF-8 without control characters: what may be shown on a terminal or greeter.
inline bool is_printable_text(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0 || is_control_character(text)) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace cardea
