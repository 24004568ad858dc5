// SPDX-License-Identifier: Apache-2.0
// From a request to its answer: finds the route, checks who asks, reads the body, calls the handler, and
// turns failures into problems. The API listener's sink.
#pragma once

#include "core/base/log.h"
#include "server/http/authenticator.h"
#include "server/http/cross_origin.h"
#include "server/http/portal_files.h"
#include "server/http/routes.h"

namespace cardea::server::http {

class Router final : public RequestSink {
 public:
  // `portal` may be null; it outlives the router.
  Router(Services& services, const Log& log, const PortalFiles* portal = nullptr);
  // Before the first request: what this server has seen in its former life.
  Status load_nonces() { return authenticator_.load_nonces(); }
  Response handle(const Request& request) override;
  [[nodiscard]] bool explains(std::string_view problem) const override;

 private:
  struct Match {
    std::size_t index = 0;
    std::map<std::string, std::string, std::less<>> path;
  };
  // `id` is what the answer and the log call this request.
  Response route(const Request& request, const std::string& id, std::size_t& index);
  void finish(const Request& request, const std::string& id, std::size_t index, const Response& response,
              MonotonicMillis began);
  Result<Match> find(const RequestHead& head) const;
  Result<Response> answer(const Request& request, const Match& match);
  // That the user the request is about is at home here.
  Status check_home(const Caller& caller, const api::Json& body, const std::string* named);
  Result<Caller> check_caller(const Request& request, const Route& route, const api::Json& body,
                              UnixSeconds now);

  Services& services_;
  const Log& log_;
  const PortalFiles* portal_;
  Authenticator authenticator_;
  const CrossOrigin cross_origin_;
  std::vector<std::vector<std::string>> segments_;  // of each route's pattern
};

}  // namespace cardea::server::http
