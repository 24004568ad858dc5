// SPDX-License-Identifier: Apache-2.0
#include "core/access_key/grouped_code.h"

#include <algorithm>
#include <optional>

#include "core/access_key/keyboard_reading.h"
#include "core/base/text.h"

namespace cardea::access_key {
namespace {

constexpr std::size_t kMaxGroups = 16;
constexpr std::size_t kMaxSymbols = kMaxGroups * kTypedGroup;
// Without a blank: it goes through the card worker's replies, which put what has one between quotes.
constexpr std::string_view kMistypedPrefix = "group-";

// x * alpha in GF(32) = GF(2)[x] / (x^5 + x^2 + 1).
constexpr std::uint8_t times_alpha(std::uint8_t value) noexcept {
  const unsigned shifted = static_cast<unsigned>(value) << 1;
  return static_cast<std::uint8_t>((shifted & 0x20U) != 0 ? shifted ^ 0x25U : shifted);
}

// What was typed, in one reading: symbol values or kNoSymbol, and how many stood between separators.
struct ReadText {
  SecretArray<kMaxSymbols> symbols;
  std::size_t count = 0;  // may be kMaxSymbols + 1: too many
  std::array<std::size_t, kMaxGroups + 1> chunks{};
  std::size_t chunk_count = 0;
};

ReadText read_text(ByteView typed, Reading reading) {
  ReadText text;
  bool in_chunk = false;
  while (!typed.empty()) {
    const std::uint8_t symbol = read_character(reading, next_character(typed));
    if (symbol == kSeparator) {
      in_chunk = false;
      continue;
    }
    if (!in_chunk) {
      in_chunk = true;
      text.chunk_count = std::min(text.chunk_count + 1, text.chunks.size());
    }
    ++text.chunks[text.chunk_count - 1];
    if (text.count < kMaxSymbols) text.symbols.expose_mutable()[text.count] = symbol;
    text.count = std::min(text.count + 1, kMaxSymbols + 1);
  }
  return text;
}

bool group_fits(const ReadText& text, std::size_t group) {
  const auto symbols = text.symbols.expose().subspan(group * kTypedGroup, kTypedGroup);
  if (std::ranges::find(symbols, kNoSymbol) != symbols.end()) return false;
  return check_symbol(symbols.first<kGroupSymbols>(), group) == symbols[kGroupSymbols];
}

// The first group, from 1, that is not as it should be; 0 when all are.
std::size_t first_mistyped(const ReadText& text, std::size_t groups) {
  const bool right_length = text.count == groups * kTypedGroup;
  if (!right_length && text.chunk_count == groups) {
    for (std::size_t g = 0; g < groups; ++g) {
      if (text.chunks[g] != kTypedGroup) return g + 1;
    }
  }
  for (std::size_t g = 0; g < groups; ++g) {
    if (text.count < (g + 1) * kTypedGroup || !group_fits(text, g)) return g + 1;
  }
  return right_length ? 0 : groups;
}

// The first group, from 1, that no further symbol can mend; 0 when there is none.
std::size_t first_hopeless(const ReadText& text, std::size_t groups) {
  const auto symbols = text.symbols.expose();
  const std::size_t count = std::min(text.count, groups * kTypedGroup);
  for (std::size_t g = 0; g * kTypedGroup < count; ++g) {
    const std::size_t typed = std::min(count - g * kTypedGroup, kTypedGroup);
    const auto group = symbols.subspan(g * kTypedGroup, typed);
    if (std::ranges::find(group, kNoSymbol) != group.end()) return g + 1;
    if (typed == kTypedGroup && !group_fits(text, g)) return g + 1;
  }
  return text.count > groups * kTypedGroup ? groups : 0;
}

SecretBytes secret_of(const ReadText& text, std::size_t groups) {
  SecretBytes secret(groups / 2 * 5);
  std::uint32_t buffer = 0;
  int bits = 0;
  std::size_t used = 0;
  for (std::size_t i = 0; i < groups * kTypedGroup; ++i) {
    if (i % kTypedGroup == kGroupSymbols) continue;
    buffer = (buffer << 5) | text.symbols.expose()[i];
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    secret.expose_mutable()[used++] = static_cast<std::uint8_t>(buffer >> bits);
    buffer &= (1U << bits) - 1;
  }
  wipe(&buffer, sizeof buffer);
  return secret;
}

}  // namespace

// docs/spec/access-key.md, "Check symbol".
std::uint8_t check_symbol(std::span<const std::uint8_t, kGroupSymbols> symbols, std::size_t group) noexcept {
  std::uint8_t sum = 0;  // Horner: a*s0 + a^2*s1 + a^3*s2 + a^4*s3
  for (std::size_t j = kGroupSymbols; j-- > 0;)
    sum = times_alpha(static_cast<std::uint8_t>(sum ^ symbols[j]));
  return static_cast<std::uint8_t>(sum ^ (group + 1));
}

SecretBytes format_groups(ByteView secret) {
  const std::size_t groups = secret.size() * 8 / 20;
  SecretBytes text(groups == 0 ? 0 : groups * (kTypedGroup + 1) - 1);
  const MutableBytes out = text.expose_mutable();
  std::size_t used = 0;
  for (std::size_t g = 0; g < groups; ++g) {
    SecretArray<kGroupSymbols> symbols;
    for (std::size_t j = 0; j < kGroupSymbols; ++j) {
      const std::size_t bit = (g * kGroupSymbols + j) * 5;
      const unsigned high = secret[bit / 8];
      const unsigned low = bit / 8 + 1 < secret.size() ? secret[bit / 8 + 1] : 0U;
      symbols.expose_mutable()[j] = static_cast<std::uint8_t>(((high << 8 | low) >> (11 - bit % 8)) & 31U);
    }
    if (g > 0) out[used++] = '-';
    for (const std::uint8_t symbol : symbols.expose())
      out[used++] = static_cast<std::uint8_t>(kAlphabet[symbol]);
    out[used++] = static_cast<std::uint8_t>(kAlphabet[check_symbol(symbols.expose(), g)]);
  }
  return text;
}

Result<SecretBytes> parse_groups(ByteView typed, std::size_t groups) {
  if (groups == 0 || groups > kMaxGroups || groups % 2 != 0) return Error::invalid_argument;
  std::size_t mistyped = groups;  // of input that is too long to be looked at
  if (typed.size() <= kMaxTypedBytes) {
    for (const Reading reading : kReadings) {
      const ReadText text = read_text(typed, reading);
      const std::size_t bad = first_mistyped(text, groups);
      if (bad == 0) return secret_of(text, groups);
      if (reading == Reading::as_typed) mistyped = bad;
    }
  }
  return fail(Error::access_key_mistyped, std::string(kMistypedPrefix) + std::to_string(mistyped));
}

int mistyped_so_far(ByteView typed, std::size_t groups) {
  if (groups == 0 || groups > kMaxGroups || typed.size() > kMaxTypedBytes) return static_cast<int>(groups);
  std::size_t mistyped = 0;
  for (const Reading reading : kReadings) {
    const std::size_t bad = first_hopeless(read_text(typed, reading), groups);
    if (bad == 0) return 0;
    if (reading == Reading::as_typed) mistyped = bad;
  }
  return static_cast<int>(mistyped);
}

bool is_group_of(ByteView secret, std::size_t group, ByteView typed) {
  const SecretBytes text = format_groups(secret);
  const std::size_t start = (group - 1) * (kTypedGroup + 1);
  if (group == 0 || start + kTypedGroup > text.size() || typed.size() > kMaxTypedBytes) return false;
  const ByteView wanted = text.expose().subspan(start, kTypedGroup);
  for (const Reading reading : kReadings) {
    const ReadText read = read_text(typed, reading);
    if (read.count != kTypedGroup) continue;
    SecretArray<kTypedGroup> symbols;
    for (std::size_t i = 0; i < kTypedGroup; ++i) {
      const std::uint8_t value = read.symbols.expose()[i];
      symbols.expose_mutable()[i] =
          value < kAlphabet.size() ? static_cast<std::uint8_t>(kAlphabet[value]) : std::uint8_t{'?'};
    }
    if (equal_constant_time(symbols.expose(), wanted)) return true;
  }
  return false;
}

int mistyped_group(const Failure& failure) noexcept {
  std::string_view text = failure.detail;
  if (failure.error != Error::access_key_mistyped || !text.starts_with(kMistypedPrefix)) return 0;
  text.remove_prefix(kMistypedPrefix.size());
  int group = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || group > static_cast<int>(kMaxGroups)) return 0;
    group = group * 10 + (c - '0');
  }
  return group;
}

std::string_view spelling_word(char symbol) noexcept {
  static constexpr std::string_view kWords[] = {
      "zero",  "one",    "two",     "three",  "four",    "five",     "six",    "seven",
      "eight", "nine",   "Alfa",    "Bravo",  "Charlie", "Delta",    "Echo",   "Foxtrot",
      "Golf",  "Hotel",  "Juliett", "Kilo",   "Mike",    "November", "Papa",   "Quebec",
      "Romeo", "Sierra", "Tango",   "Victor", "Whiskey", "X-ray",    "Yankee", "Zulu"};
  const auto value = kAlphabet.find(symbol);
  return value == std::string_view::npos ? std::string_view() : kWords[value];
}

}  // namespace cardea::access_key
