// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/utf16.h"

#include "core/base/utf8.h"

namespace cardea::credprov {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_high(char32_t unit) noexcept { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(char32_t unit) noexcept { return unit >= 0xDC00 && unit <= 0xDFFF; }

// The next character, or 0 for a NUL and for a lone surrogate.
char32_t take_utf16(std::u16string_view& text) noexcept {
  const char32_t first = text[0];
  text.remove_prefix(1);
  if (is_low(first)) return 0;
  if (!is_high(first)) return first;
  if (text.empty() || !is_low(text[0])) return 0;
  const char32_t second = text[0];
  text.remove_prefix(1);
  return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

// The next character, or 0 for a NUL and for a byte that is not UTF-8.
char32_t take_utf8(std::string_view& text) noexcept {
  const std::size_t length = utf8_sequence(text);
  const auto at = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  char32_t character = 0;
  if (length == 1) character = at(0);
  if (length == 2) character = (at(0) & 0x1F) << 6 | (at(1) & 0x3F);
  if (length == 3) character = (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
  if (length == 4)
    character = (at(0) & 0x07) << 18 | (at(1) & 0x3F) << 12 | (at(2) & 0x3F) << 6 | (at(3) & 0x3F);
  text.remove_prefix(length == 0 ? 1 : length);
  return character;
}

std::size_t utf8_length(char32_t character) noexcept {
  if (character < 0x80) return 1;
  if (character < 0x800) return 2;
  return character < 0x10000 ? 3 : 4;
}

void put_utf8(char32_t character, std::uint8_t* out) noexcept {
  static constexpr std::uint8_t kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  const std::size_t length = utf8_length(character);
  for (std::size_t i = length; i-- > 1; character >>= 6)
    out[i] = static_cast<std::uint8_t>(0x80 | (character & 0x3F));
  out[0] = static_cast<std::uint8_t>(kLead[length] | character);
}

// Bytes in UTF-8, kNotUtf8 when the text is not UTF-16.
std::size_t utf8_bytes(std::u16string_view text) noexcept {
  std::size_t bytes = 0;
  while (!text.empty()) {
    const char32_t character = take_utf16(text);
    if (character == 0) return kNotUtf8;
    bytes += utf8_length(character);
  }
  return bytes;
}

void write_utf8(std::u16string_view text, std::uint8_t* out) noexcept {
  while (!text.empty()) {
    const char32_t character = take_utf16(text);
    put_utf8(character, out);
    out += utf8_length(character);
  }
}

}  // namespace

Result<SecretBytes> secret_from_utf16(std::u16string_view text) {
  const std::size_t bytes = utf8_bytes(text);
  if (bytes == kNotUtf8) return Error::invalid_argument;
  SecretBytes secret(bytes);
  write_utf8(text, secret.expose_mutable().data());
  return secret;
}

Result<std::string> utf8_from_utf16(std::u16string_view text) {
  const std::size_t bytes = utf8_bytes(text);
  if (bytes == kNotUtf8) return Error::invalid_argument;
  std::string out(bytes, '\0');
  write_utf8(text, reinterpret_cast<std::uint8_t*>(out.data()));
  return out;
}

std::u16string utf16_for_display(std::string_view text) {
  std::u16string out;
  while (!text.empty()) {
    const char32_t read = take_utf8(text);
    const char32_t character = read == 0 ? kReplacement : read;
    if (character < 0x10000) {
      out += static_cast<char16_t>(character);
    } else {
      out += static_cast<char16_t>(0xD800 + ((character - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((character - 0x10000) & 0x3FF));
    }
  }
  return out;
}

std::size_t utf16_units(std::string_view text) noexcept {
  std::size_t units = 0;
  while (!text.empty()) {
    const char32_t character = take_utf8(text);
    if (character == 0) return kNotUtf8;
    units += character < 0x10000 ? 1 : 2;
  }
  return units;
}

void write_utf16(std::string_view text, MutableBytes out) noexcept {
  std::size_t used = 0;
  const auto put = [&](char32_t unit) {
    if (used + 2 > out.size()) return;
    out[used] = static_cast<std::uint8_t>(unit & 0xFF);
    out[used + 1] = static_cast<std::uint8_t>(unit >> 8);
    used += 2;
  };
  while (!text.empty()) {
    const char32_t character = take_utf8(text);
    if (character < 0x10000) {
      put(character);
    } else {
      put(0xD800 + ((character - 0x10000) >> 10));
      put(0xDC00 + ((character - 0x10000) & 0x3FF));
    }
  }
}

}  // namespace cardea::credprov
