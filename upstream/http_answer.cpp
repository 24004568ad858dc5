// SPDX-License-Identifier: Apache-2.0
#include "upstream/http_answer.h"

#include <algorithm>
#include <istream>
#include <sstream>

#include <Poco/Net/HTTPResponse.h>

#include "core/base/text.h"

namespace cardea::upstream {
namespace {

using Poco::Net::HTTPResponse;

Failure misbehaved(std::string why) { return fail(Error::server_misbehaved, std::move(why)); }

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

// Everything that can be said against an answer before its body is read.
Status check_head(const HTTPResponse& head, int status, std::size_t max_body) {
  if (status < 200 || status > 599) return misbehaved("the status is not known");
  if (status >= 300 && status < 400) return misbehaved("redirects are not followed");
  const bool chunked = head.getChunkedTransferEncoding();
  const bool plain = head.getTransferEncoding() == Poco::Net::HTTPMessage::IDENTITY_TRANSFER_ENCODING;
  if ((!chunked && !plain) || head.has("Content-Encoding")) {
    return misbehaved("the answer has a coding that was not asked for");
  }
  if (status != 204 && !chunked && !head.hasContentLength()) {
    return misbehaved("the answer does not say where it ends");
  }
  if (head.getContentLength64() > static_cast<Poco::Int64>(max_body)) {
    return misbehaved("the answer is too long");
  }
  return {};
}

Result<std::string> read_body(const HTTPResponse& head, std::istream& stream, std::size_t max_body) {
  std::string body;
  char buffer[8192];
  while (stream.good()) {
    stream.read(buffer, sizeof buffer);
    body.append(buffer, static_cast<std::size_t>(stream.gcount()));
    if (body.size() > max_body) return misbehaved("the answer is too long");
  }
  const bool is_short = head.hasContentLength() && !head.getChunkedTransferEncoding() &&
                        static_cast<Poco::Int64>(body.size()) != head.getContentLength64();
  if (stream.bad() || is_short) {
    return fail(Error::server_unreachable, "the connection was lost in the middle of the answer");
  }
  return body;
}

}  // namespace

Result<HttpAnswer> read_http_answer(Poco::Net::HTTPClientSession& session, std::size_t max_body,
                                    bool is_head) {
  HTTPResponse head;
  std::istream& stream = session.receiveResponse(head);
  HttpAnswer answer;
  answer.response.status = status_of(head);
  TRY(check_head(head, answer.response.status, max_body));
  for (const auto& [name, value] : head)
    answer.response.headers.emplace_back(lower(name), value);
  if (answer.response.status != 204 && !is_head) {
    TRY_ASSIGN(answer.response.body, read_body(head, stream, max_body));
  }
  answer.keep = head.getKeepAlive();
  return answer;
}

}  // namespace cardea::upstream
