// SPDX-License-Identifier: Apache-2.0
// For whom a proxy of ours asks (docs/spec/server-protocol.md, "Behind a proxy"): X-Forwarded-For of a
// request, or the PROXY protocol, version 2, before the first byte of TLS
// (https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt). Never both: a client can write the first
// himself when the proxy passes bytes on. Pure. Called by connection.cpp for connections from
// `trusted_proxies` only; fuzzed by tests/fuzz/server_client_address.cpp.
#pragma once

#include <vector>

#include "server/http/network.h"
#include "server/http/request_head.h"

namespace cardea::server::http {

struct TrustedProxies {
  std::vector<IpNetwork> networks;
  bool proxy_protocol = false;  // else X-Forwarded-For
  [[nodiscard]] bool contains(const IpAddress& address) const;
};

// Walks from the peer to the left through all X-Forwarded-For: the word of a trusted address is taken for the
// one before it. Ends at the first that is not trusted, and where the next is missing or no address.
IpAddress forwarded_client(const RequestHead& head, const IpAddress& peer, const TrustedProxies& proxies);

// A proxy sends about 30 bytes, or some hundreds with what it knows of the client's TLS.
inline constexpr std::size_t kProxyHeaderStart = 16;
inline constexpr std::size_t kMaxProxyHeader = 1024;

// How long the header is that begins with these kProxyHeaderStart bytes. frame_malformed, frame_too_large.
Result<std::size_t> proxy_header_size(ByteView start);
// The client a whole header names; nothing when the proxy asks for itself (LOCAL, or no Internet address).
// frame_malformed.
Result<std::optional<IpAddress>> parse_proxy_header(ByteView header);

}  // namespace cardea::server::http
