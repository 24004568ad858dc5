// SPDX-License-Identifier: Apache-2.0
// The bytes of a stranger: head and chunked body. What is accepted must keep the promises that the rest of
// the server relies on.
#include <cstdint>
#include <cstdlib>

#include "server/http/chunked_decoder.h"
#include "server/http/request_head.h"

using namespace cardea::server::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = find_head_end(input);
  std::size_t head_size = 0;
  if (end.ok() && end->has_value()) {
    head_size = **end;
    const auto head = parse_request_head(input.substr(0, head_size));
    if (head.ok() && (head->host.empty() || head->path.empty() || head->path.front() != '/' ||
                      (head->chunked && head->content_length != 0) || head->fields.size() > kMaxFields)) {
      std::abort();
    }
  }
  ChunkedDecoder decoder(1000);
  std::string body;
  std::size_t used = 0;
  (void)decoder.feed(input.substr(head_size), body, used);
  if (body.size() > 1000 || used > input.size() - head_size) std::abort();
  return 0;
}
