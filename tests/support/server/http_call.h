// SPDX-License-Identifier: Apache-2.0
// An HTTP request and reply as the tests' client sees them, over whatever transport.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/api/json.h"

namespace cardea::test {

struct HttpCall {
  std::string method;
  std::string target;  // path and query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  [[nodiscard]] api::Json json() const;  // null when the body is no JSON
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::int64_t number(std::string_view name) const;
  [[nodiscard]] Bytes bytes(std::string_view name) const;
  [[nodiscard]] std::string problem() const;  // the name after urn:cardea:problem:
};

using Transport = std::function<HttpReply(const HttpCall&)>;

}  // namespace cardea::test
