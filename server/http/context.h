// SPDX-License-Identifier: Apache-2.0
// What a handler gets: the request, checked and taken apart, and the services. One helper per thing that
// every handler does in the same way.
#pragma once

#include <map>

#include "core/api/json_fields.h"
#include "server/http/message.h"
#include "server/http/services.h"

namespace cardea::server::http {

struct Context {
  const Request& request;
  Services& services;
  std::map<std::string, std::string, std::less<>> path;   // {card_id} and the like
  std::map<std::string, std::string, std::less<>> query;  // only names the route knows
  api::Json body;                                         // of requests with a body
  Caller caller;
  UnixSeconds now = 0;
  std::optional<Once> once;

  template <typename Id>
  [[nodiscard]] Result<Id> id(std::string_view name) const {
    const auto found = path.find(name);
    return found == path.end() ? Result<Id>(Error::internal) : Id::from_text(found->second);
  }
  // The number in a query parameter, or `fallback`. invalid_argument.
  [[nodiscard]] Result<std::uint64_t> number(std::string_view name, std::uint64_t fallback) const;
  // The user a request without body is about.
  [[nodiscard]] Result<UserId> user() const;
  // The version in If-Match: precondition_required without one, precondition_failed for a weak or foreign
  // one.
  [[nodiscard]] Result<std::uint64_t> if_match() const;

  // The same outcome; one that was reached now, and was no repetition, counts.
  template <typename T>
  [[nodiscard]] Result<Outcome<T>> counted(Recovery kind, Result<Outcome<T>> outcome) const {
    if (outcome.ok() && !outcome->repeated) services.metrics.count(kind);
    return outcome;
  }
  template <typename T>
  [[nodiscard]] Change<T> change(std::function<StoredAnswer(const T&)> render) {
    return {now, std::move(once), std::move(render)};
  }
};

using Handler = Result<Response> (*)(Context&);

Response json(int status, const api::Json& body, std::string etag = {});
Response no_content();
std::string quoted(std::uint64_t version);  // an entity tag

// A change's answer on its way into the store, and out of it.
StoredAnswer stored(int status, const api::Json& body, std::string etag = {});
template <typename T>
Result<Response> answered(Result<Outcome<T>> outcome);
Response answer(StoredAnswer stored);

template <typename T>
Result<Response> answered(Result<Outcome<T>> outcome) {
  if (!outcome.ok()) return outcome.failure();
  return answer(std::move(outcome->answer));
}

}  // namespace cardea::server::http
