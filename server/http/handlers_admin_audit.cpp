// SPDX-License-Identifier: Apache-2.0
// The chains as an administrator reads them: the administration's own, and a user's, for which his security
// key is touched and which both chains tell.
#include "server/http/admin_json.h"
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/http/paging.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

Json event_json(const AdminEvent& event) {
  auto details = Json::parse(event.details);
  return Json::Object{{"sequence", event.sequence},
                      {"time", event.time},
                      {"actor", event.actor},
                      {"kind", event.kind},
                      {"details", details.ok() ? std::move(details).value() : Json()},
                      {"hash", Json::bytes(event.hash)}};
}

}  // namespace

Result<Response> get_admin_audit(Context& context) {
  TRY_ASSIGN(const Page page, read_page(context, "administration", kAuditPage));
  TRY_ASSIGN(std::uint64_t after, context.number("after", 0));
  if (!page.position.empty()) {
    if (context.query.contains("after"))
      return fail(Error::invalid_argument, "“after” or “cursor”, not both");
    TRY_ASSIGN(after, number_of(page));
  }
  TRY_ASSIGN(const auto events, context.services.store.admin_events(after, page.limit));
  // Read after the events, so that the checkpoint never covers less than what is shown.
  TRY_ASSIGN(const AuditPoint end, context.services.store.admin_audit_end());
  Json::Array list;
  for (const AdminEvent& event : events)
    list.push_back(event_json(event));
  TRY_ASSIGN(std::string cursor,
             page_end(context, "administration", events.empty() ? after : events.back().sequence));
  return json(200, Json::Object{{"events", std::move(list)},
                                {"cursor", std::move(cursor)},
                                {"more", events.size() == page.limit},
                                {"audit", administration_json(context, end)}});
}

Result<Response> open_history(Context& context) {
  JsonFields fields(context.body);
  const std::string account = fields.account();
  const TouchRequest touch = read_touch(fields);
  TRY(fields.complete());
  AdminDesk& desk = context.services.administration;
  TRY_ASSIGN(const HistoryPlace place, desk.open_history(context.caller, account, touch, context.now));
  TRY_ASSIGN(std::string cursor, desk.history_cursor(context.caller, place));
  return json(200, Json::Object{{"user_id", place.user.text()},
                                {"cursor", std::move(cursor)},
                                {"expires_at", place.expires_at}});
}

Result<Response> read_history(Context& context) {
  const auto given = context.query.find("cursor");
  if (given == context.query.end()) return fail(Error::invalid_argument, "“cursor” is missing");
  AdminDesk& desk = context.services.administration;
  TRY_ASSIGN(HistoryPlace place, desk.history_place(context.caller, given->second, context.now));
  TRY_ASSIGN(const auto events, context.services.store.audit_events(place.user, place.after, kAuditPage));
  TRY_ASSIGN(const User user, context.services.store.get_user(place.user));
  Json::Array list;
  for (const AuditEvent& event : events)
    list.push_back(to_json(event));
  if (!events.empty()) place.after = events.back().sequence;
  TRY_ASSIGN(std::string cursor, desk.history_cursor(context.caller, place));
  return json(200, Json::Object{{"events", std::move(list)},
                                {"cursor", std::move(cursor)},
                                {"more", events.size() == kAuditPage},
                                {"audit", audit_json(context, user.audit)}});
}

}  // namespace cardea::server::http
