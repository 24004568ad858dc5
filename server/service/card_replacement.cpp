// SPDX-License-Identifier: Apache-2.0
#include "server/service/card_replacement.h"

#include "core/api/proofs.h"
#include "core/crypto/signature.h"
#include "server/service/holder_rules.h"
#include "server/service/registration.h"

namespace cardea::server {
namespace {

Status check_computer_proof(const Computer& computer, const UserId& user, const CardId& card,
                            std::uint32_t epoch, ByteView proof) {
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(computer.device_spki));
  return key.verify(api::replace_proof(user, card, epoch), proof);
}

// Without the new card nobody could open the root key with it.
Status check_card_holder(const std::vector<Holder>& holders, const CardId& card) {
  for (const Holder& holder : holders) {
    if (holder.kind == "card" && holder.ref == card.text()) return {};
  }
  return fail(Error::holder_missing, "no holder for the new card");
}

}  // namespace

Result<Outcome<Replaced>> CardReplacement::replace(const Caller& caller, ReplacementRequest request,
                                                   const Change<Replaced>& change) {
  if (!caller.session) return Error::permission_denied;
  const UserId user_id = caller.session->user;
  TRY_ASSIGN(const User user, store_.get_user(user_id));
  const std::uint32_t new_epoch = request.expected_epoch + 1;
  TRY(check_new_card(request.card, user_id, user.recovery_public));
  request.card.since = change.now;
  TRY_ASSIGN(const Computer computer, store_.get_computer(user_id, request.computer));
  TRY(check_computer_proof(computer, user_id, request.card.id, new_epoch, request.computer_proof));
  TRY_ASSIGN(HolderTargets targets, holder_targets(store_, user_id));
  targets.cards = {request.card.id};
  TRY(check_holders(request.holders, targets, new_epoch));
  TRY(check_card_holder(request.holders, request.card.id));
  api::Json::Object details{{"card", request.card.id.text()},
                            {"reason", request.reason},
                            {"computer", request.computer.text()},
                            {"epoch", new_epoch},
                            {"from", caller.prefix}};
  if (request.access_key_session) {
    TRY_ASSIGN(const Session evidence, store_.get_session(*request.access_key_session, change.now));
    if (evidence.level != SessionLevel::access_key || evidence.user != user_id ||
        evidence.computer != computer.id) {
      return fail(Error::permission_denied, "not an access-key session of this user and computer");
    }
    details.emplace_back("access_key", true);
  }
  ReplaceCard command;
  command.spends_session = caller.session->level == SessionLevel::access_key;
  if (command.spends_session) details.emplace_back("by", "access-key");
  command.user = user_id;
  command.session = caller.session->id;
  command.card = std::move(request.card);
  command.card.computer = request.computer;
  command.reason = request.reason;
  command.expected_epoch = request.expected_epoch;
  command.holders = std::move(request.holders);
  command.epoch_seal = std::move(request.epoch_seal);
  command.sheet_check = std::move(request.sheet_check);
  command.computer = request.computer;
  command.audit = {"card-replaced", std::move(details)};
  return store_.replace_card(change, command);
}

}  // namespace cardea::server
