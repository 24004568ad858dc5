// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/card_state_service.h"

#include <algorithm>

#include "recoveryd/json.h"
#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/identity.h"
#include "upstream/card_calls.h"

namespace cardea::recoveryd {
namespace {

// The card that is named, or the only one in the state that is to be left.
Result<upstream::CardInfo> choose(const std::vector<upstream::CardInfo>& cards, const std::string& wanted,
                                  upstream::CardState from) {
  const upstream::CardInfo* found = nullptr;
  for (const upstream::CardInfo& card : cards) {
    if (card.status.state != from || (!wanted.empty() && card.status.id.text() != wanted)) continue;
    if (found != nullptr)
      return fail(Error::invalid_argument,
                  text::tr("There is more than one such card. Name one: --card CARD-ID."));
    found = &card;
  }
  if (found == nullptr)
    return fail(Error::not_found, text::tr("The account has no such card in this state."));
  return *found;
}

Result<OperationOutcome> change(Context& context, ServerLink& server, const upstream::RequestKey& session,
                                const OperationRequest& request, const std::string& user,
                                upstream::CardState from, upstream::CardState to) {
  TRY_ASSIGN(const auto cards, upstream::list_cards(server.client(), session, std::nullopt));
  TRY_ASSIGN(const upstream::CardInfo card, choose(cards, request.argument("card"), from));
  // Only what stops a card has a reason (server/service/card_service.cpp).
  const std::string reason = to == upstream::CardState::suspended ? "mislaid" : "";
  TRY(upstream::change_card_state(server.client(), session, card.status.id, to, reason, card.status.version));
  (void)context.audit.append(context.clock.now(),
                             to == upstream::CardState::suspended ? "card-suspended" : "card-resumed",
                             {{"user", user}, {"card_id", card.status.id.text()}});
  // This computer knows it at once, the others at their next contact.
  if (Status told = AccessKeyService(context).keep_up(user); !told.ok()) return told.failure();
  JsonObject json;
  json.set("card_id", card.status.id.text()).set("state", upstream::name_of(to));
  return OperationOutcome{to == upstream::CardState::suspended
                              ? text::tr("The card is suspended. Found it? Run “cardea card resume”.")
                              : text::tr("The card opens again."),
                          std::move(json).text()};
}

}  // namespace

Result<OperationOutcome> CardStateService::suspend(Conversation& client, const OperationRequest& request,
                                                   const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(worker::kCardTimeout));
  TRY_ASSIGN(const ProvenPassword password,
             prove_password(context_, client, *vault, *server, record.account));
  return change(context_, *server, password.session(), request, user, upstream::CardState::active,
                upstream::CardState::suspended);
}

Result<OperationOutcome> CardStateService::resume(Conversation& client, const OperationRequest& request,
                                                  const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(worker::kCardTimeout));
  TRY_ASSIGN(const ProvenIdentity identity,
             prove_identity(context_, client, *vault, *server, record.account));
  return change(context_, *server, identity.session(), request, user, upstream::CardState::suspended,
                upstream::CardState::active);
}

}  // namespace cardea::recoveryd
