// SPDX-License-Identifier: Apache-2.0
#include "upstream/card_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

}  // namespace

Result<std::vector<CardInfo>> list_cards(ServerClient& client, const RequestKey& key,
                                         const std::optional<api::UserId>& user) {
  TRY_ASSIGN(const Answer answer,
             client.call({.method = "GET", .path = "/v1/cards", .query = user_query(user), .key = &key}));
  auto fields = answer_fields(answer.body);
  const Json::Array& cards = fields.array("cards", kMaxCards);
  TRY(complete_answer(fields, "cards"));
  return read_list(cards, read_card);
}

Result<CardInfo> change_card_state(ServerClient& client, const RequestKey& session, const api::CardId& card,
                                   CardState state, const std::string& reason, std::uint64_t version) {
  Call call{.method = "POST",
            .path = "/v1/cards/" + card.text() + "/state",
            .key = &session,
            .repeat = Repeat::once};
  call.headers = {{"If-Match", "\"" + std::to_string(version) + "\""}};
  call.body = Json::Object{{"state", name_of(state)}, {"reason", reason}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  TRY_ASSIGN(CardInfo changed, read_card(answer.body));
  if (changed.status.id != card || changed.status.state != state) {
    return fail(Error::server_misbehaved, "another card or state than asked for");
  }
  return changed;
}

Result<Replaced> replace_card(ServerClient& client, const RequestKey& session, const Replacement& replacement,
                              const std::string& idempotency_key) {
  Call call{.method = "POST", .path = "/v1/cards/replace", .key = &session, .repeat = Repeat::once};
  call.idempotency_key = idempotency_key;
  Json::Object body{{"reason", replacement.reason},
                    {"expected_epoch", replacement.expected_epoch},
                    {"card", new_card_json(replacement.card)},
                    {"holders", holders_json(replacement.holders)},
                    {"epoch_seal", Json::bytes(replacement.epoch_seal)},
                    {"computer_id", replacement.computer.text()},
                    {"computer_proof", Json::bytes(replacement.computer_proof)}};
  if (!replacement.sheet_check.empty())
    body.emplace_back("sheet_check", Json::bytes(replacement.sheet_check));
  if (replacement.access_key_session)
    body.emplace_back("access_key_session", replacement.access_key_session->text());
  call.body = std::move(body);
  TRY_ASSIGN(const Answer answer, client.call(call));
  auto fields = answer_fields(answer.body);
  Replaced replaced;
  replaced.epoch = fields.number("epoch", 1, kMaxNumber);
  const Json::Array& revoked = fields.array("revoked", kMaxCards);
  const Json& audit = fields.object("audit");
  if (replaced.epoch != replacement.expected_epoch + 1) fields.complain("epoch", "is not the next one");
  TRY(complete_answer(fields, "replacement"));
  TRY_ASSIGN(replaced.revoked, read_list(revoked, read_card_id));
  TRY_ASSIGN(replaced.audit, read_audit(audit));
  return replaced;
}

}  // namespace cardea::upstream
