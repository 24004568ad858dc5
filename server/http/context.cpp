// SPDX-License-Identifier: Apache-2.0
#include "server/http/context.h"

#include "core/base/text.h"

namespace cardea::server::http {

Result<std::uint64_t> Context::number(std::string_view name, std::uint64_t fallback) const {
  const auto found = query.find(name);
  if (found == query.end()) return fallback;
  const auto value = parse_decimal(found->second);
  if (!value || *value > static_cast<std::uint64_t>(INT64_MAX)) {
    return fail(Error::invalid_argument, "“" + std::string(name) + "” is not a number");
  }
  return *value;
}

Result<UserId> Context::user() const {
  std::optional<UserId> named;
  if (const auto found = query.find("user_id"); found != query.end()) {
    TRY_ASSIGN(named, UserId::from_text(found->second));
  }
  return user_for(services.store, caller, named);
}

Result<std::uint64_t> Context::if_match() const {
  const std::string* value = request.head.field("if-match");
  if (value == nullptr) return fail(Error::precondition_required, "If-Match is missing");
  if (value->size() < 3 || value->front() != '"' || value->back() != '"') return Error::precondition_failed;
  const auto version = parse_decimal(std::string_view(*value).substr(1, value->size() - 2));
  if (!version) return Error::precondition_failed;
  return *version;
}

std::string quoted(std::uint64_t version) { return "\"" + std::to_string(version) + "\""; }

Response json(int status, const api::Json& body, std::string etag) {
  return answer(stored(status, body, std::move(etag)));
}

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

StoredAnswer stored(int status, const api::Json& body, std::string etag) {
  return {status, status == 204 ? std::string{} : body.text(), std::move(etag)};
}

Response answer(StoredAnswer stored) {
  Response response;
  response.status = stored.status;
  response.body = std::move(stored.body);
  if (!stored.etag.empty()) response.headers.emplace_back("ETag", std::move(stored.etag));
  return response;
}

}  // namespace cardea::server::http
