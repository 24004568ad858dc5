// SPDX-License-Identifier: Apache-2.0
// What the code of the recovery sheet does.
#include "server/http/handlers.h"
#include "server/http/problem.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

Result<SheetRequest> read_request(const Json& body) {
  JsonFields fields(body);
  SheetRequest request;
  request.account = fields.account();
  request.challenge = fields.bytes("challenge", 1, 64);
  request.signature = fields.bytes("signature", 64);
  TRY(fields.complete());
  return request;
}

Response refuse(Context& context, std::int64_t retry_after) {
  context.services.metrics.guesses_refused.fetch_add(1, std::memory_order_relaxed);
  return too_many(retry_after);
}

}  // namespace

Result<Response> suspend_by_sheet(Context& context) {
  TRY_ASSIGN(const SheetRequest request, read_request(context.body));
  TRY_ASSIGN(const auto done, context.services.sheets.suspend(context.caller, request, context.now));
  if (done.retry_after != 0) return refuse(context, done.retry_after);
  return json(200, Json::Object{{"changed", done.cards.changed}, {"suspended", done.cards.suspended}});
}

Result<Response> reopen_account(Context& context) {
  TRY_ASSIGN(const SheetRequest request, read_request(context.body));
  TRY_ASSIGN(const auto done, context.services.sheets.reopen(context.caller, request, context.now));
  if (done.retry_after != 0) return refuse(context, done.retry_after);
  return json(200, Json::Object{{"reopened", done.changed}});
}

}  // namespace cardea::server::http
