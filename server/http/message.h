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

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  // beside those every answer has
};

// What a listener serves: the API, or the metrics. Called from many threads; must not throw.
class RequestSink {
 public:
  virtual ~RequestSink() = default;
  virtual Response handle(const Request& request) = 0;
};

}  // namespace cardea::server::http
