// SPDX-License-Identifier: Apache-2.0
#include "server/http/cross_origin.h"

#include <algorithm>

namespace cardea::server::http {
namespace {

// Everything a client of the API sends and reads (docs/spec/server-protocol.md); a browser asks for no more.
constexpr const char* kMethods = "GET, POST, PUT, DELETE";
constexpr const char* kRequestFields =
    "Accept, Content-Type, Content-Digest, Signature-Input, Signature, Idempotency-Key, If-Match, "
    "If-None-Match";
constexpr const char* kAnswerFields = "Date, ETag, Retry-After";
constexpr const char* kPreflightSeconds = "600";

}  // namespace

const std::string* CrossOrigin::origin_of(const Request& request) const {
  if (origins_.empty() || !request.head.path.starts_with("/v1/")) return nullptr;
  const std::string* origin = request.head.field("origin");
  if (origin == nullptr) return nullptr;
  const auto found = std::ranges::find(origins_, *origin);
  return found == origins_.end() ? nullptr : &*found;
}

std::optional<Response> CrossOrigin::preflight(const Request& request) const {
  if (request.head.method != "OPTIONS" || request.head.field("access-control-request-method") == nullptr)
    return {};
  if (origin_of(request) == nullptr) return {};
  Response response;
  response.status = 204;
  response.headers.emplace_back("Access-Control-Allow-Methods", kMethods);
  response.headers.emplace_back("Access-Control-Allow-Headers", kRequestFields);
  response.headers.emplace_back("Access-Control-Max-Age", kPreflightSeconds);
  return response;
}

void CrossOrigin::permit(const Request& request, Response& response) const {
  if (origins_.empty()) return;
  response.headers.emplace_back("Vary", "Origin");
  const std::string* origin = origin_of(request);
  if (origin == nullptr) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  response.headers.emplace_back("Access-Control-Expose-Headers", kAnswerFields);
}

}  // namespace cardea::server::http
