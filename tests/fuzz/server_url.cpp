// SPDX-License-Identifier: Apache-2.0
// The address of a server, from a configuration, an enrolment or a card that somebody else may have written.
#include "upstream/server_url.h"

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cardea::upstream::ServerUrl;
  const auto url = ServerUrl::parse({reinterpret_cast<const char*>(data), size});
  if (!url.ok()) return 0;
  if (url->host.empty() || url->port == 0) std::abort();
  // The authority goes into the Host header and into signatures: it must mean the same server, and end no
  // line.
  const auto again = ServerUrl::parse("https://" + url->authority);
  if (!again.ok() || again->host != url->host || again->port != url->port ||
      again->authority != url->authority)
    std::abort();
  if (url->authority.find_first_of(std::string_view("\r\n\0 /@?#", 8)) != std::string::npos) std::abort();
  return 0;
}
