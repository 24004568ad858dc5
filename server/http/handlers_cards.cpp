// SPDX-License-Identifier: Apache-2.0
// Cards, their states, and the replacement.
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/service/holder_rules.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

}  // namespace

Result<Response> list_cards(Context& context) {
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const auto cards, context.services.store.cards(user));
  Json::Array list;
  for (const Card& card : cards)
    list.push_back(to_json(card));
  return json(200, Json::Object{{"cards", std::move(list)}});
}

Result<Response> change_card_state(Context& context) {
  TRY_ASSIGN(const CardId card, context.id<CardId>("card_id"));
  TRY_ASSIGN(const std::uint64_t version, context.if_match());
  JsonFields fields(context.body);
  const std::string state = fields.choice("state", "active|suspended|revoked");
  const std::string reason = fields.has("reason") ? fields.text("reason", 0, 16) : "";
  TRY(fields.complete());
  const auto change = context.change<Card>(
      [](const Card& changed) { return stored(200, to_json(changed), quoted(changed.version)); });
  auto outcome =
      context.services.cards.set_state(context.caller, card, *card_state(state), reason, version, change);
  if (state == "suspended") outcome = context.counted(Recovery::card_suspended, std::move(outcome));
  return answered(std::move(outcome));
}

Result<Response> replace_card(Context& context) {
  JsonFields fields(context.body);
  ReplacementRequest request;
  request.reason = fields.choice("reason", "lost|stolen|damaged|replaced");
  request.expected_epoch = fields.number("expected_epoch", 1, 0x7ffffffe);
  const Json& card = fields.object("card");
  const Json::Array& holders = fields.array("holders", kMaxHolders);
  request.epoch_seal = fields.bytes("epoch_seal", 1, kMaxHolderEnvelope);
  if (fields.has("sheet_check")) request.sheet_check = fields.bytes("sheet_check", 32, 64);
  request.computer = fields.identifier<ComputerId>("computer_id");
  request.computer_proof = fields.bytes("computer_proof", 64);
  if (fields.has("access_key_session"))
    request.access_key_session = fields.identifier<SessionId>("access_key_session");
  TRY(fields.complete());
  TRY_ASSIGN(request.card, read_card(card));
  TRY_ASSIGN(request.holders, read_holders(holders));
  const auto change = context.change<Replaced>([&context](const Replaced& replaced) {
    Json::Array revoked;
    for (const CardId& id : replaced.revoked)
      revoked.push_back(id.text());
    return stored(200, Json::Object{{"epoch", replaced.epoch},
                                    {"revoked", std::move(revoked)},
                                    {"audit", audit_json(context, replaced.audit)}});
  });
  return answered(context.counted(Recovery::card_replaced, context.services.replacement.replace(
                                                               context.caller, std::move(request), change)));
}

}  // namespace cardea::server::http
