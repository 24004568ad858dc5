// SPDX-License-Identifier: Apache-2.0
#include "upstream/problem.h"

#include <algorithm>

#include "core/api/json.h"
#include "core/base/text.h"

namespace cardea::upstream {
namespace {

constexpr std::string_view kTypePrefix = "urn:cardea:problem:";
constexpr std::size_t kMaxDetail = 300;
constexpr std::uint64_t kMaxRetryAfter = 31 * 24 * 3600;

// All others are Error::server_refused.
constexpr Error kKnown[] = {
    Error::identity_not_accepted,
    Error::session_expired,
    Error::replayed,
    Error::clock_skewed,
    Error::signature_invalid,
    Error::permission_denied,
    Error::card_revoked,
    Error::account_closed,
    Error::account_exists,
    Error::already_exists,
    Error::not_found,
    Error::server_conflict,
    Error::state_forbidden,
    Error::access_key_exhausted,
    Error::limit_exceeded,
    Error::precondition_failed,
    Error::record_too_large,
    Error::rate_limited,
};

std::string printable(std::string_view text) {
  return text.size() <= kMaxDetail && is_printable_text(text) ? std::string(text) : std::string();
}

std::string text_member(const api::Json& json, std::string_view name) {
  const api::Json* member = json.find(name);
  return member != nullptr && member->string() != nullptr ? printable(*member->string()) : std::string();
}

std::string waiting_time(const HttpResponse& response) {
  const auto seconds = parse_decimal(response.header("retry-after"));
  if (!seconds || *seconds > kMaxRetryAfter) return {};
  return "Too many tries: the server asks to wait " + format_wait(static_cast<std::int64_t>(*seconds)) + ".";
}

bool is_problem(const HttpResponse& response) {
  return response.header("content-type").starts_with("application/problem+json");
}

// From something in front of the server, or from no server of ours.
Failure without_problem(const HttpResponse& response) {
  const bool is_gateway = response.status >= 502 && response.status <= 504;
  return fail(is_gateway ? Error::server_unreachable : Error::server_misbehaved,
              "status " + std::to_string(response.status) + " without a problem");
}

}  // namespace

Failure failure_of(const HttpResponse& response) {
  if (!is_problem(response)) return without_problem(response);
  const auto json = api::Json::parse(response.body);
  if (!json.ok()) return fail(Error::server_misbehaved, "a problem that is no JSON");
  const std::string type = text_member(*json, "type");
  if (!type.starts_with(kTypePrefix)) return without_problem(response);
  const std::string name = type.substr(kTypePrefix.size());
  const std::string detail = text_member(*json, "detail");

  if (name == error_name(Error::disk_full)) {
    return fail(Error::server_refused, "The server has no room left. Nothing was changed there.");
  }
  if (response.status >= 500) {
    return fail(Error::server_refused, "The server has a fault of its own (" + name + "). Try again later.");
  }
  const auto known = std::ranges::find_if(kKnown, [&](Error error) { return name == error_name(error); });
  if (known == std::end(kKnown)) {
    return fail(Error::server_refused, detail.empty() ? name : name + ": " + detail);
  }
  if (*known == Error::clock_skewed) {
    return fail(*known, "the server's time is " + printable(response.header("date")));
  }
  if (*known == Error::rate_limited) return fail(*known, waiting_time(response));
  return fail(*known, detail);
}

}  // namespace cardea::upstream
