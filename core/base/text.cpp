// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"

#include <array>
#include <cstdio>

namespace cardea {
namespace {

bool is_letter_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_account_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > 64 || text[0] == '-' || text[0] == '.') return false;
  for (const char c : text) {
    if (!is_letter_or_digit(c) && c != '_' && c != '.' && c != '@' && c != '-') return false;
  }
  return true;
}

std::string escape_for_log(std::string_view text) {
  bool plain = !text.empty();
  for (const char c : text) {
    plain = plain && (is_letter_or_digit(c) || std::string_view("_.@-:/+").find(c) != std::string_view::npos);
  }
  if (plain) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
      out.push_back(c);
    } else {
      std::array<char, 5> hex{};
      (void)std::snprintf(hex.data(), hex.size(), "\\x%02x",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
      out.append(hex.data());
    }
  }
  out.push_back('"');
  return out;
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const auto end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
  if (text.empty() || text.size() > 20) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::string format_utc(std::int64_t unix_seconds) {
  // Civil date from days, after Howard Hinnant's public-domain algorithm: gmtime is not thread-safe and
  // gmtime_r is not on Windows.
  std::int64_t days = unix_seconds / 86400;
  std::int64_t second = unix_seconds % 86400;
  if (second < 0) {
    second += 86400;
    --days;
  }
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const auto month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  std::array<char, 48> out{};
  (void)std::snprintf(out.data(), out.size(), "%04lld-%02d-%02dT%02d:%02d:%02dZ",
                      static_cast<long long>(year), month, day, static_cast<int>(second / 3600),
                      static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  return out.data();
}

std::string format_wait(std::int64_t seconds) {
  if (seconds < 0) seconds = 0;
  if (seconds < 100) return std::to_string(seconds) + " s";
  if (seconds < 3600) return std::to_string((seconds + 59) / 60) + " min";
  return std::to_string((seconds + 3599) / 3600) + " h";
}

}  // namespace cardea
