// SPDX-License-Identifier: Apache-2.0
#include "server/http/problem.h"

#include "core/api/json.h"

namespace cardea::server::http {
namespace {

struct Row {
  Error error;
  int status;
};

constexpr Row kRows[] = {
    {Error::invalid_argument, 400},  {Error::frame_malformed, 400},     {Error::key_invalid, 400},
    {Error::unknown_format, 400},    {Error::holder_missing, 400},      {Error::identity_not_accepted, 401},
    {Error::signature_invalid, 401}, {Error::session_expired, 401},     {Error::replayed, 401},
    {Error::clock_skewed, 401},      {Error::permission_denied, 403},   {Error::card_revoked, 403},
    {Error::account_closed, 403},    {Error::not_found, 404},           {Error::message_not_permitted, 405},
    {Error::timeout, 503},           {Error::already_exists, 409},      {Error::account_exists, 409},
    {Error::server_conflict, 409},   {Error::state_forbidden, 409},     {Error::access_key_exhausted, 409},
    {Error::limit_exceeded, 409},    {Error::precondition_failed, 412}, {Error::record_too_large, 413},
    {Error::frame_too_large, 413},   {Error::peer_not_trusted, 421},    {Error::precondition_required, 428},
    {Error::rate_limited, 429},      {Error::not_supported, 501},       {Error::io_failed, 503},
    {Error::disk_full, 507},         {Error::out_of_memory, 503},
};

struct StatusText {
  int status;
  const char* text;
};

constexpr StatusText kTexts[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {421, "Misdirected Request"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {507, "Insufficient Storage"},
};

}  // namespace

int status_for(Error error) noexcept {
  for (const Row& row : kRows) {
    if (row.error == error) return row.status;
  }
  return 500;
}

const char* status_text(int status) noexcept {
  for (const StatusText& row : kTexts) {
    if (row.status == status) return row.text;
  }
  return "Unknown";
}

Response problem(const Failure& failure) {
  Response response;
  response.status = status_for(failure.error);
  response.problem = error_name(response.status == 500 ? Error::internal : failure.error);
  api::Json::Object body{{"type", std::string("urn:cardea:problem:") + response.problem},
                         {"title", status_text(response.status)},
                         {"status", response.status}};
  if (response.status < 500 && !failure.detail.empty()) body.emplace_back("detail", failure.detail);
  response.body = api::Json(std::move(body)).text();
  response.content_type = "application/problem+json";
  // RFC 9110 section 11.6.1 asks for a challenge with every 401.
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Signature");
  if (response.status == 503 || response.status == 507) response.headers.emplace_back("Retry-After", "5");
  return response;
}

Response too_many(std::int64_t retry_after_seconds) {
  Response response = problem(fail(Error::rate_limited));
  response.headers.emplace_back("Retry-After", std::to_string(retry_after_seconds));
  return response;
}

}  // namespace cardea::server::http
