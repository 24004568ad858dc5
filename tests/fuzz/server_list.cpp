// SPDX-License-Identifier: Apache-2.0
// A server list whose signature was good: what a server that means ill could send its clients to.
#include "core/api/server_list.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const cardea::ByteView input(data, size);
  const auto list = cardea::api::decode_server_list(input);
  if (!list.ok()) return 0;
  if (cardea::api::encode(*list) != cardea::to_bytes(input)) std::abort();  // one form for one list
  for (const auto& server : list->servers) {
    // It becomes part of an HTTP header and of a page's policy.
    if (server.url.find_first_of(" ;,'*\"\r\n") != std::string::npos) std::abort();
  }
  return 0;
}
