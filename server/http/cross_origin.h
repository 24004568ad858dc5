// SPDX-License-Identifier: Apache-2.0
// Which other Web origins may use the API from a browser: the servers of the signed list, so that a visit
// whose server has failed goes on here (docs/spec/server-list.md, "In a browser"). Everybody else's pages get
// no such header, and nobody sends cookies or other credentials. Asked by the router.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/http/message.h"

namespace cardea::server::http {

class CrossOrigin {
 public:
  explicit CrossOrigin(std::vector<std::string> origins) : origins_(std::move(origins)) {}
  // The answer to a preflight of one of them; nothing for every other request.
  [[nodiscard]] std::optional<Response> preflight(const Request& request) const;
  // Lets the page of such an origin read the answer.
  void permit(const Request& request, Response& response) const;

 private:
  // Null unless it comes from one of them and goes to the API.
  [[nodiscard]] const std::string* origin_of(const Request& request) const;
  std::vector<std::string> origins_;
};

}  // namespace cardea::server::http
