// SPDX-License-Identifier: Apache-2.0
// One HTTPS request and its answer: the seam between what is said (server_client.h) and how it gets there
// (https_transport.h, or a script in tests).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace cardea::upstream {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  std::string path;
  std::string query;  // begins with '?', or empty
  Headers headers;
  std::string body;
  // The server does the same thing once, however often it is asked: then a lost connection is tried again.
  bool may_repeat = false;
  // Called for each attempt with the authority it goes to: a signature is good for one server, once. May be
  // empty.
  std::function<Result<Headers>(std::string_view authority)> sign;
  // Empty: any server. Else the request holds a proof that names this one: no other is asked.
  std::string only_at = {};
};

struct HttpResponse {
  int status = 0;
  Headers headers;  // names in lower case
  std::string body;

  // The value of the first header of this name (lower case); empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Any complete answer, whatever its status. Error::server_unreachable, server_untrusted or
  // server_misbehaved otherwise, with the reason.
  virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
  // The authority the next request goes to, for proofs that name the server: host in lower case, and port
  // unless it is 443. Empty when there is no server.
  [[nodiscard]] virtual std::string authority() const = 0;
};

}  // namespace cardea::upstream
