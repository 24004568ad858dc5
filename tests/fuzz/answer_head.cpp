// SPDX-License-Identifier: Apache-2.0
// The head of a hostile server's answer as one text. What is taken says where its body ends and has no line
// end left in it.
#include <cstdint>
#include <cstdlib>

#include "core/base/bytes.h"
#include "upstream/answer_rules.h"

using namespace cardea;
using namespace cardea::upstream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMax = 1000;
  const auto parsed = parse_head(as_text(ByteView(data, size)));
  if (!parsed.ok()) {
    if (parsed.error() != Error::server_misbehaved) std::abort();
    return 0;
  }
  for (const auto& [name, value] : parsed->headers) {
    if (name.empty() || name.find_first_of(" :\r") != std::string::npos) std::abort();
    if (value.find("\r\n") != std::string::npos) std::abort();
  }
  if (!judge_head(parsed->head, kMax).ok()) return 0;
  const AnswerHead& head = parsed->head;
  if (head.status < 200 || (head.status >= 300 && head.status < 400) || head.status > 599) std::abort();
  if (head.coded || (has_body(head, false) && !head.chunked && !head.length)) std::abort();
  if (head.length && (*head.length < 0 || *head.length > static_cast<std::int64_t>(kMax))) std::abort();
  return 0;
}
