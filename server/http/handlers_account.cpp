// SPDX-License-Identifier: Apache-2.0
// The account, its holders and its audit chain.
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/http/paging.h"
#include "server/service/holder_rules.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

}  // namespace

Result<Response> get_account(Context& context) {
  TRY_ASSIGN(const UserId id, context.user());
  TRY_ASSIGN(const User user, context.services.store.get_user(id));
  TRY_ASSIGN(const Card signer, context.services.store.get_card(user.signer));
  return json(200, Json::Object{{"user_id", user.id.text()},
                                {"account", user.account},
                                {"epoch", user.epoch},
                                {"recovery_public", Json::bytes(user.recovery_public)},
                                {"recovery_signer", signer_json(signer)},
                                {"profile", Json::bytes(user.profile)},
                                {"audit", audit_json(context, user.audit)}});
}

Result<Response> get_holders(Context& context) {
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const auto holders, context.services.store.holders(user));
  TRY_ASSIGN(const auto seals, context.services.store.epoch_seals(user));
  Json::Array holder_list;
  for (const Holder& holder : holders)
    holder_list.push_back(to_json(holder));
  Json::Array seal_list;
  for (const EpochSeal& seal : seals) {
    seal_list.push_back(Json::Object{{"epoch", seal.epoch}, {"envelope", Json::bytes(seal.envelope)}});
  }
  return json(200, Json::Object{{"holders", std::move(holder_list)}, {"epoch_seals", std::move(seal_list)}});
}

Result<Response> put_account_holder(Context& context) {
  JsonFields fields(context.body);
  PutHolder command;
  command.holder.kind = context.path["kind"];
  command.holder.ref = context.path["ref"];
  command.holder.epoch = fields.number("epoch", 1, 0x7fffffff);
  command.holder.envelope = fields.bytes("envelope", 1, kMaxHolderEnvelope);
  TRY(fields.complete());
  TRY_ASSIGN(command.user, context.user());
  TRY(put_holder(context.services.store, context.caller, command));
  return no_content();
}

Result<Response> get_audit(Context& context) {
  TRY_ASSIGN(const UserId id, context.user());
  TRY_ASSIGN(const Page page, read_page(context, "audit", kAuditPage));
  TRY_ASSIGN(std::uint64_t after, context.number("after", 0));
  if (!page.position.empty()) {
    if (context.query.contains("after"))
      return fail(Error::invalid_argument, "“after” or “cursor”, not both");
    TRY_ASSIGN(after, number_of(page));
  }
  TRY_ASSIGN(const auto events, context.services.store.audit_events(id, after, page.limit));
  // Read after the events, so that the checkpoint never covers less than what is shown.
  TRY_ASSIGN(const User user, context.services.store.get_user(id));
  Json::Array list;
  for (const AuditEvent& event : events)
    list.push_back(to_json(event));
  const std::uint64_t end = events.empty() ? after : events.back().sequence;
  TRY_ASSIGN(std::string cursor, page_end(context, "audit", end));
  return json(200, Json::Object{{"events", std::move(list)},
                                {"cursor", std::move(cursor)},
                                {"more", events.size() == page.limit},
                                {"audit", audit_json(context, user.audit)}});
}

}  // namespace cardea::server::http
