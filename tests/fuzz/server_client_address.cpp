// SPDX-License-Identifier: Apache-2.0
// What a proxy, or somebody who plays one, says of a client: PROXY header, X-Forwarded-For, and the networks
// of the configuration. Whatever comes, a stranger names nobody.
#include <cstdint>
#include <cstdlib>

#include "server/http/client_address.h"

using namespace cardea;
using namespace cardea::server::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const std::string_view text = as_text(input);
  const auto header = parse_proxy_header(input);
  if (header.ok() && proxy_header_size(input.first(kProxyHeaderStart)).value() != size) std::abort();

  static const TrustedProxies kNobody;
  static const TrustedProxies kTen{{IpNetwork::parse("10.0.0.0/8").value()}, false};
  static const IpAddress kProxy = IpAddress::parse("10.0.0.1").value();
  static const IpAddress kStranger = IpAddress::parse("192.0.2.1").value();
  RequestHead head;
  head.fields.push_back({"x-forwarded-for", std::string(text)});
  if (forwarded_client(head, kStranger, kTen) != kStranger) std::abort();
  if (forwarded_client(head, kProxy, kNobody) != kProxy) std::abort();
  (void)forwarded_client(head, kProxy, kTen).prefix();

  const auto network = IpNetwork::parse(text);
  const auto address = IpAddress::parse(text);
  if (address && (!network.ok() || !network->contains(*address))) std::abort();
  return 0;
}
