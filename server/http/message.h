// SPDX-License-Identifier: Apache-2.0
// One HTTP request and its answer as the handlers see them. Nothing here knows Poco: connection.cpp is the
// only place where bytes come from a socket.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "server/http/request_head.h"

namespace cardea::server::http {

struct Request {
  RequestHead head;
  std::string body;    // whole, at most the configured limit
  std::string prefix;  // of the client's network
};

// The fields of every answer of the API: they keep a browser from keeping or guessing anything.
inline constexpr std::string_view kApiFields =
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Strict-Transport-Security: max-age=31536000\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  // beside `policy`
  std::string_view policy = kApiFields;                      // whole lines
  std::string_view file;  // a body that outlives the answer, in place of `body`; empty: `body` is it

  const char* problem = nullptr;  // its name, when this is one

  [[nodiscard]] std::string_view content() const { return file.empty() ? std::string_view(body) : file; }
  // RFC 9110 section 6.4.1.
  [[nodiscard]] bool may_have_content() const { return status != 204 && status != 304; }
};

// What a listener serves: the API, or the metrics. Called from many threads; must not throw.
class RequestSink {
 public:
  virtual ~RequestSink() = default;
  virtual Response handle(const Request& request) = 0;
  // Whether /problems/NAME says what this problem is; then answers point there.
  [[nodiscard]] virtual bool explains(std::string_view) const { return false; }
};

}  // namespace cardea::server::http
