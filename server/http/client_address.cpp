// SPDX-License-Identifier: Apache-2.0
#include "server/http/client_address.h"

#include <algorithm>

#include "core/base/text.h"

namespace cardea::server::http {
namespace {

constexpr std::array<std::uint8_t, 12> kSignature = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                                     0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
// Version 2 and the command; address family and transport (proxy-protocol.txt, section 2.2).
constexpr std::uint8_t kLocal = 0x20;
constexpr std::uint8_t kProxy = 0x21;
constexpr std::uint8_t kUnspecified = 0x00;
constexpr std::uint8_t kTcp4 = 0x11;
constexpr std::uint8_t kTcp6 = 0x21;

// Source and destination address, source and destination port.
constexpr std::size_t addresses_size(std::size_t address) { return 2 * address + 4; }

Failure malformed(const char* why) {
  return fail(Error::frame_malformed, std::string("PROXY header: ") + why);
}

}  // namespace

bool TrustedProxies::contains(const IpAddress& address) const {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const IpNetwork& network) { return network.contains(address); });
}

IpAddress forwarded_client(const RequestHead& head, const IpAddress& peer, const TrustedProxies& proxies) {
  IpAddress client = peer;
  // Several lines of a list are one list (RFC 9110 section 5.3): the last line is the nearest proxy's.
  for (auto field = head.fields.rbegin(); field != head.fields.rend(); ++field) {
    if (field->name != "x-forwarded-for") continue;
    const auto hops = split(field->value, ',');
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
      if (!proxies.contains(client)) return client;
      const auto address = IpAddress::parse(trim(*hop));
      if (!address) return client;
      client = *address;
    }
  }
  return client;
}

Result<std::size_t> proxy_header_size(ByteView start) {
  if (start.size() != kProxyHeaderStart || !std::equal(kSignature.begin(), kSignature.end(), start.begin()))
    return malformed("signature");
  const std::size_t size = kProxyHeaderStart + (std::size_t{start[14]} << 8U) + start[15];
  if (size > kMaxProxyHeader) return fail(Error::frame_too_large, "PROXY header");
  return size;
}

Result<std::optional<IpAddress>> parse_proxy_header(ByteView header) {
  if (header.size() < kProxyHeaderStart) return malformed("cut off");
  TRY_ASSIGN(const std::size_t size, proxy_header_size(header.first(kProxyHeaderStart)));
  if (header.size() != size) return malformed("length");
  const std::uint8_t command = header[12];
  const std::uint8_t family = header[13];
  if (command != kLocal && command != kProxy) return malformed("version or command");
  if (command == kLocal || family == kUnspecified) return std::optional<IpAddress>{};
  if (family != kTcp4 && family != kTcp6) return malformed("not a TCP connection");
  const ByteView rest = header.subspan(kProxyHeaderStart);
  const std::size_t length = family == kTcp4 ? 4 : 16;
  if (rest.size() < addresses_size(length)) return malformed("addresses");
  return IpAddress::from_bytes(rest.first(length));
}

}  // namespace cardea::server::http
