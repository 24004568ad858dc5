// SPDX-License-Identifier: Apache-2.0
#include "upstream/http_answer.h"

#include <algorithm>
#include <istream>
#include <sstream>

#include <Poco/Net/HTTPResponse.h>

#include "core/base/text.h"
#include "upstream/answer_rules.h"

namespace cardea::upstream {
namespace {

using Poco::Net::HTTPResponse;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// Poco keeps the number in an enum that has no room for all that a server may send: reading it from there is
// undefined, so it is taken from the status line that Poco writes.
int status_of(const HTTPResponse& head) {
  std::ostringstream text;
  head.write(text);
  const std::string line = text.str();
  const auto blank = std::min(line.find(' '), line.size() - 1);
  const auto status = parse_decimal(std::string_view(line).substr(blank + 1, 3));
  return status ? static_cast<int>(*status) : 0;
}

AnswerHead head_of(const HTTPResponse& head, int status) {
  AnswerHead out;
  out.status = status;
  out.chunked = head.getChunkedTransferEncoding();
  const bool plain = head.getTransferEncoding() == Poco::Net::HTTPMessage::IDENTITY_TRANSFER_ENCODING;
  out.coded = (!out.chunked && !plain) || head.has("Content-Encoding");
  if (head.hasContentLength()) out.length = head.getContentLength64();
  return out;
}

Result<std::string> read_body(const AnswerHead& head, std::istream& stream, std::size_t max_body) {
  AnswerBody body(head, max_body);
  char buffer[8192];
  while (stream.good()) {
    stream.read(buffer, sizeof buffer);
    TRY(body.add({buffer, static_cast<std::size_t>(stream.gcount())}));
  }
  return std::move(body).whole(stream.bad());
}

}  // namespace

Result<HttpAnswer> read_http_answer(Poco::Net::HTTPClientSession& session, std::size_t max_body,
                                    bool is_head) {
  HTTPResponse head;
  std::istream& stream = session.receiveResponse(head);
  HttpAnswer answer;
  answer.response.status = status_of(head);
  const AnswerHead parts = head_of(head, answer.response.status);
  TRY(judge_head(parts, max_body));
  for (const auto& [name, value] : head)
    answer.response.headers.emplace_back(lower(name), value);
  if (has_body(parts, is_head)) {
    TRY_ASSIGN(answer.response.body, read_body(parts, stream, max_body));
  }
  answer.keep = head.getKeepAlive();
  return answer;
}

}  // namespace cardea::upstream
