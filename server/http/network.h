// SPDX-License-Identifier: Apache-2.0
// Addresses and networks of clients and proxies, as values: for the budgets and caps that are kept per
// network, for `[server] trusted_proxies`, and for what proxies say of a client. Pure: no socket, no Poco.
// Fuzzed by tests/fuzz/server_client_address.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace cardea::server::http {

// IPv4 is kept in its IPv6 form ::ffff:a.b.c.d, so that both spellings of an address are one.
class IpAddress {
 public:
  // Numeric, without port, brackets or zone.
  static std::optional<IpAddress> parse(std::string_view text);
  // 4 or 16 bytes in network order.
  static std::optional<IpAddress> from_bytes(ByteView bytes);

  [[nodiscard]] bool is_v4() const;
  // "203.0.113.0/24" or "2001:db8:0:ff00::/56": what one customer of a provider usually has.
  [[nodiscard]] std::string prefix() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

class IpNetwork {
 public:
  // "10.1.0.0/16", "2001:db8::/32", or one address. invalid_argument: a bit is set behind the prefix, which
  // is a slip of the pen; or the prefix is shorter than 8 (IPv4) or 16 bits, which nobody's proxies have.
  static Result<IpNetwork> parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const;

 private:
  IpNetwork(const IpAddress& first, unsigned bits) : first_(first), bits_(bits) {}
  IpAddress first_;
  unsigned bits_;  // of the IPv6 form
};

}  // namespace cardea::server::http
