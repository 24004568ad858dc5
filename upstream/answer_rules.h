// SPDX-License-Identifier: Apache-2.0
// What an answer may look like, whoever has read it from the connection: one judgement for every operating
// system. Called by http_answer.cpp (Poco) and windows/winhttp_exchange.cpp. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "upstream/transport.h"

namespace cardea::upstream {

// What an answer's head says of its body.
struct AnswerHead {
  int status = 0;
  bool chunked = false;
  bool coded = false;  // Content-Encoding, or a Transfer-Encoding that is neither "chunked" nor "identity"
  std::optional<std::int64_t> length = {};  // Content-Length
};

// Everything that can be said against an answer before its body is read. Error::server_misbehaved.
Status judge_head(const AnswerHead& head, std::size_t max_body);

// Whether a body follows; `is_head`: the answer to a HEAD, which says how long a body would be and has none.
bool has_body(const AnswerHead& head, bool is_head) noexcept;

// Collects a body and stops at the limit.
class AnswerBody {
 public:
  AnswerBody(const AnswerHead& head, std::size_t max_body) : head_(head), max_(max_body) {}
  // Error::server_misbehaved when it becomes too long.
  Status add(std::string_view part);
  // At its end; `broken`: the connection says that it is not the end. Error::server_unreachable when
  // something is missing.
  Result<std::string> whole(bool broken) &&;

 private:
  AnswerHead head_;
  std::size_t max_;
  std::string body_;
};

// A head that is handed over as text.
inline constexpr std::size_t kMaxHeadText = std::size_t{64} << 10;

struct ParsedHead {
  AnswerHead head;
  Headers headers;  // names in lower case
};

// The lines of a head, from the status line on, each ended by CR LF, as WINHTTP_QUERY_RAW_HEADERS_CRLF has
// them. Error::server_misbehaved. Fuzzed by tests/fuzz/answer_head.cpp.
Result<ParsedHead> parse_head(std::string_view text);

}  // namespace cardea::upstream
