// SPDX-License-Identifier: Apache-2.0
#include "core/base/ip_address.h"

#include <algorithm>

namespace cardea {
namespace {

constexpr std::size_t kGroups = 8;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// One to four hexadecimal digits.
std::optional<unsigned> parse_group(std::string_view text) {
  if (text.empty() || text.size() > 4) return {};
  unsigned value = 0;
  for (const char c : text) {
    const int digit = hex_digit(c);
    if (digit < 0) return {};
    value = value * 16 + static_cast<unsigned>(digit);
  }
  return value;
}

struct Groups {
  std::array<unsigned, kGroups> values{};
  std::size_t count = 0;

  bool add(unsigned value) {
    if (count == kGroups) return false;
    values[count++] = value;
    return true;
  }
  // "a:b:c"; `may_end_in_v4`: an IPv4 address may be the last two. An empty text has no groups.
  bool read(std::string_view text, bool may_end_in_v4) {
    while (!text.empty()) {
      const auto colon = text.find(':');
      const std::string_view part = text.substr(0, colon);
      if (const auto group = parse_group(part)) {
        if (!add(*group)) return false;
      } else if (const auto v4 = parse_ipv4(part); v4 && may_end_in_v4 && colon == std::string_view::npos) {
        const auto& b = *v4;
        return add(b[0] * 256U + b[1]) && add(b[2] * 256U + b[3]);
      } else {
        return false;
      }
      if (colon == std::string_view::npos) return true;
      text.remove_prefix(colon + 1);
      if (text.empty()) return false;  // a colon at the end
    }
    return true;
  }
};

}  // namespace

std::optional<Ipv4Bytes> parse_ipv4(std::string_view text) noexcept {
  Ipv4Bytes out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto end = i + 1 < out.size() ? text.find('.') : text.size();
    if (end == std::string_view::npos || end == 0 || end > 3) return {};
    unsigned value = 0;
    for (const char c : text.substr(0, end)) {
      if (c < '0' || c > '9') return {};
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (value > 255 || (end > 1 && text.front() == '0')) return {};
    out[i] = static_cast<std::uint8_t>(value);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::optional<Ipv6Bytes> parse_ipv6(std::string_view text) noexcept {
  const auto gap = text.find("::");
  Groups head, tail;
  if (gap == std::string_view::npos) {
    if (!head.read(text, true) || head.count != kGroups) return {};
  } else {
    if (!head.read(text.substr(0, gap), false) || !tail.read(text.substr(gap + 2), true)) return {};
    if (head.count + tail.count >= kGroups) return {};  // "::" stands for one group at least
  }
  Groups all = head;
  all.count = kGroups;
  for (std::size_t i = 0; i < tail.count; ++i)
    all.values[kGroups - tail.count + i] = tail.values[i];
  Ipv6Bytes out{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    out[2 * i] = static_cast<std::uint8_t>(all.values[i] >> 8);
    out[2 * i + 1] = static_cast<std::uint8_t>(all.values[i] & 0xFF);
  }
  return out;
}

}  // namespace cardea
