// SPDX-License-Identifier: Apache-2.0
#include "server/http/network.h"

#include <algorithm>

#include <arpa/inet.h>

#include "core/base/text.h"

namespace cardea::server::http {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;
constexpr unsigned kMinV4Bits = 8;
constexpr unsigned kMinV6Bits = 16;
constexpr std::size_t kMaxText = 45;  // INET6_ADDRSTRLEN without its end

using Bytes16 = std::array<std::uint8_t, 16>;

// The first `bits` of it, zeros behind.
Bytes16 masked(Bytes16 bytes, unsigned bits) {
  for (unsigned i = 0; i < bytes.size(); ++i) {
    const unsigned kept = std::clamp<unsigned>(bits > 8 * i ? bits - 8 * i : 0, 0, 8);
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00U >> kept));
  }
  return bytes;
}

}  // namespace

std::optional<IpAddress> IpAddress::from_bytes(ByteView bytes) {
  IpAddress out;
  if (bytes.size() == 16) {
    std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
  } else if (bytes.size() == 4) {
    std::copy(kMapped.begin(), kMapped.end(), out.bytes_.begin());
    std::copy(bytes.begin(), bytes.end(), out.bytes_.begin() + kMapped.size());
  } else {
    return {};
  }
  return out;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() > kMaxText || text.find('\0') != std::string_view::npos) return {};
  const std::string ended(text);
  Bytes16 bytes{};
  if (::inet_pton(AF_INET, ended.c_str(), bytes.data()) == 1) return from_bytes(ByteView(bytes).first(4));
  if (::inet_pton(AF_INET6, ended.c_str(), bytes.data()) == 1) return from_bytes(bytes);
  return {};
}

bool IpAddress::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes_.begin()); }

std::string IpAddress::prefix() const {
  const bool v4 = is_v4();
  const Bytes16 first = masked(bytes_, v4 ? kMappedBits + 24 : 56);
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(v4 ? AF_INET : AF_INET6, first.data() + (v4 ? kMapped.size() : 0), text, sizeof text);
  return std::string(text) + (v4 ? "/24" : "/56");
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return fail(Error::invalid_argument, "no numeric address");
  if (slash == std::string_view::npos) return IpNetwork(*address, 128);
  const bool v4 = address->is_v4() && text.find(':') == std::string_view::npos;
  const auto bits = parse_decimal(text.substr(slash + 1));
  if (!bits || *bits > (v4 ? 32U : 128U)) return fail(Error::invalid_argument, "no length of a prefix");
  if (*bits < (v4 ? kMinV4Bits : kMinV6Bits)) return fail(Error::invalid_argument, "far too large a network");
  const unsigned all = static_cast<unsigned>(*bits) + (v4 ? kMappedBits : 0);
  if (masked(address->bytes(), all) != address->bytes())
    return fail(Error::invalid_argument, "bits are set behind the prefix");
  return IpNetwork(*address, all);
}

bool IpNetwork::contains(const IpAddress& address) const {
  return masked(address.bytes(), bits_) == first_.bytes();
}

}  // namespace cardea::server::http
