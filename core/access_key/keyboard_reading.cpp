// SPDX-License-Identifier: Apache-2.0
#include "core/access_key/keyboard_reading.h"

#include <string_view>

#include "core/access_key/grouped_code.h"

namespace cardea::access_key {
namespace {

struct Substitution {
  char32_t typed;
  char32_t meant;  // 0: a separator
};

// The hyphen's key gives '/' when a German keyboard is read as a US one, and U+00DF the other way round.
constexpr Substitution kQwertz[] = {{'Y', 'Z'}, {'Z', 'Y'}, {'/', 0}, {0xdf, 0}};

// M lies where a US keyboard has ';', and a US M gives ',' on a French one; both with and without Shift.
constexpr Substitution kAzertyLetters[] = {{'A', 'Q'}, {'Q', 'A'}, {'Z', 'W'}, {'W', 'Z'},
                                           {';', 'M'}, {':', 'M'}, {',', 'M'}, {'?', 'M'}};

// A French keyboard read as a US one: digits take Shift there, and the hyphen is the key of the 6.
constexpr Substitution kAzertyShifted[] = {{'!', '1'}, {'@', '2'}, {'#', '3'}, {'$', '4'},
                                           {'%', '5'}, {'^', '6'}, {'&', '7'}, {'*', '8'},
                                           {'(', '9'}, {')', '0'}, {'6', 0}};

// A US keyboard read as a French or Belgian one: digits typed without Shift, in both cases of the accented
// letters; the key of the hyphen gives ')'.
constexpr Substitution kAzertyUnshifted[] = {{'&', '1'},  {0xe9, '2'}, {0xc9, '2'}, {'"', '3'},  {'\'', '4'},
                                             {'(', '5'},  {'-', '6'},  {0xa7, '6'}, {0xe8, '7'}, {0xc8, '7'},
                                             {'_', '8'},  {'!', '8'},  {0xe7, '9'}, {0xc7, '9'}, {0xe0, '0'},
                                             {0xc0, '0'}, {')', 0}};

constexpr char32_t upper(char32_t c) noexcept { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; }

std::uint8_t read_plain(char32_t c) noexcept {
  switch (c) {
    case 'O':
      return 0;
    case 'I':
    case 'L':
      return 1;
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case '-':
    case '_':
    case '.':
    case ',':
    case ':':
    case '/':
    case 0xa0:
      return kSeparator;
    default:
      break;
  }
  if (c >= 0x2010 && c <= 0x2015) return kSeparator;  // hyphens and dashes that come with copied text
  if (c > 0x7f) return kNoSymbol;
  const auto value = kAlphabet.find(static_cast<char>(c));
  return value == std::string_view::npos ? kNoSymbol : static_cast<std::uint8_t>(value);
}

template <std::size_t N>
bool substitute(const Substitution (&table)[N], char32_t& c) noexcept {
  for (const Substitution& entry : table) {
    if (entry.typed != c) continue;
    c = entry.meant;
    return true;
  }
  return false;
}

}  // namespace

std::uint8_t read_character(Reading reading, char32_t character) noexcept {
  char32_t c = upper(character);
  if (c == 0) return kNoSymbol;
  switch (reading) {
    case Reading::as_typed:
      break;
    case Reading::qwertz:
      substitute(kQwertz, c);
      break;
    case Reading::azerty:
      substitute(kAzertyLetters, c);
      break;
    case Reading::azerty_shifted:
      substitute(kAzertyShifted, c) || substitute(kAzertyLetters, c);
      break;
    case Reading::azerty_unshifted:
      substitute(kAzertyUnshifted, c) || substitute(kAzertyLetters, c);
      break;
  }
  return c == 0 ? kSeparator : read_plain(c);
}

char32_t next_character(ByteView& rest) noexcept {
  const std::uint8_t lead = rest[0];
  std::size_t size = 1;
  char32_t value = lead;
  if (lead >= 0xc2 && lead <= 0xdf) {
    size = 2;
    value = lead & 0x1fU;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    size = 3;
    value = lead & 0x0fU;
  } else if (lead >= 0x80) {
    value = 0xfffd;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if (i >= rest.size() || (rest[i] & 0xc0) != 0x80) {
      size = 1;
      value = 0xfffd;
      break;
    }
    value = (value << 6) | (rest[i] & 0x3fU);
  }
  rest = rest.subspan(size);
  return value;
}

}  // namespace cardea::access_key
