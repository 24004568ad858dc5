// SPDX-License-Identifier: Apache-2.0
// Numeric IP addresses as text, without the operating system: what inet_pton takes is taken, nothing else.
// "127.1" and "0x7f.0.0.1", which some resolvers take for addresses, are none. Used where a host is read
// (upstream/server_url.cpp). Fuzzed against inet_pton by tests/fuzz/ip_address.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cardea {

using Ipv4Bytes = std::array<std::uint8_t, 4>;   // network order
using Ipv6Bytes = std::array<std::uint8_t, 16>;  // network order

// Four decimal numbers of 0 to 255 without leading zeros (RFC 6943 section 3.1.1, strict form).
std::optional<Ipv4Bytes> parse_ipv4(std::string_view text) noexcept;
// The forms of RFC 4291 section 2.2: groups of one to four hexadecimal digits, "::" once, the last two groups
// as IPv4. No brackets, no zone.
std::optional<Ipv6Bytes> parse_ipv6(std::string_view text) noexcept;

}  // namespace cardea
