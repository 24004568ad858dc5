// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/replacement_steps.h"

#include <algorithm>

#include "core/api/proofs.h"
#include "recoveryd/json.h"
#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/keyring_service.h"
#include "recoveryd/service/record_sync.h"

namespace cardea::recoveryd {
namespace {

using login::CardState;
using worker::kCardTimeout;

void take_back_announced(login::EnrolmentRecord& record) { std::erase_if(record.cards, is_announced); }

// A dead card makes room before any other.
void make_room(std::vector<login::EnrolledCard>& cards) {
  if (cards.size() < login::kMaxCardsPerUser) return;
  const auto dead = std::find_if(cards.begin(), cards.end(), [](const login::EnrolledCard& card) {
    return card.state == CardState::revoked;
  });
  cards.erase(dead == cards.end() ? cards.begin() : dead);
}

// The request may have arrived although no answer came back; a card that exists already may be the one of an
// earlier try.
bool perhaps_done(Error error) {
  return error == Error::server_unreachable || error == Error::server_misbehaved || error == Error::timeout ||
         error == Error::already_exists;
}

}  // namespace

Status ReplacementSteps::open_older_keys(const std::vector<records::EpochSeal>& seals) {
  std::vector<worker::EpochSeal> list;
  for (const records::EpochSeal& seal : seals)
    list.push_back({seal.epoch, seal.envelope});
  return list.empty() ? Status() : vault_.open_epoch_seals(list, kCardTimeout);
}

Result<upstream::Replacement> ReplacementSteps::make_offer(const ReplacementWish& wish,
                                                           const ReplacedOwner& owner,
                                                           const SecretKey32& device_share) {
  TRY_ASSIGN(const worker::EpochStep step, vault_.epoch_advance(kCardTimeout));
  upstream::Replacement offer;
  offer.reason = wish.reason;
  offer.expected_epoch = owner.epoch;
  TRY_ASSIGN(offer.card, prove_card(vault_, wish.card, owner.id, owner.recovery_public));
  TRY_ASSIGN(offer.holders, make_holders(vault_, wish.card, server_.computer(), device_share, step.epoch,
                                         owner.password_known));
  TRY_ASSIGN(offer.sheet_check, vault_.sheet_check(kCardTimeout));
  offer.epoch_seal = step.epoch_seal;
  offer.computer = server_.computer();
  const auto proof =
      context_.device.key.sign(api::replace_proof(owner.id, api::CardId(wish.card.id()), step.epoch));
  offer.computer_proof = Bytes(proof.begin(), proof.end());
  return offer;
}

Status ReplacementSteps::announce(const ReplacementWish& wish, const EnrolmentStore::Change& before) {
  const auto change = [&](login::EnrolmentRecord& record) -> Status {
    if (before) TRY(before(record));
    take_back_announced(record);
    make_room(record.cards);
    record.cards.push_back(wish.card.enrolled());
    record.cards.back().state = CardState::announced;
    return {};
  };
  TRY_ASSIGN(const login::EnrolmentRecord before_it, context_.enrolments.load(wish.user));
  KeyringService(context_).add_card(vault_, before_it, wish.card.id(), wish.card.keys.wrap_spki);
  TRY(context_.enrolments.update(wish.user, change));
  return {};
}

Result<upstream::Replaced> ReplacementSteps::carry_out(const ReplacementWish& wish,
                                                       const upstream::RequestKey& session,
                                                       const upstream::Replacement& offer) {
  auto replaced = upstream::replace_card(server_.client(), session, offer,
                                         upstream::new_idempotency_key(context_.random));
  if (!replaced.ok()) {
    if (!perhaps_done(replaced.error())) {
      (void)context_.enrolments.update(wish.user, [](login::EnrolmentRecord& record) -> Status {
        take_back_announced(record);
        return {};
      });
    }
    context_.contact_server_soon();
    return replaced.failure();
  }
  // From here on the old card is dead. The computer learns it before anything else is tried.
  TRY(context_.enrolments.update(wish.user, [&](login::EnrolmentRecord& now) -> Status {
    take_back_announced(now);
    const crypto::CardId id = wish.card.id();
    std::erase_if(now.cards, [&](const login::EnrolledCard& card) { return card.card_id == id; });
    for (login::EnrolledCard& old : now.cards)
      old.state = CardState::revoked;
    make_room(now.cards);
    now.cards.push_back(wish.card.enrolled());
    now.epoch = replaced->epoch;
    now.revocation_checked_at = now.latest_time_seen = context_.clock.now();
    return {};
  }));
  (void)context_.audit.append(
      context_.clock.now(), "card-replaced",
      {{"user", wish.user}, {"reason", wish.reason}, {"card_id", to_hex(wish.card.id())}});
  return replaced;
}

Status ReplacementSteps::equip(const ReplacementWish& wish, const upstream::Replacement& offer) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(wish.user));
  TRY(write_card_header(vault_, record, envelope_of(offer.holders, records::HolderKind::card)));
  return AccessKeyService(context_).make_generation(vault_, true, server_, wish.user);
}

Result<OperationOutcome> ReplacementSteps::move(Conversation& client, const ReplacementWish& wish,
                                                const upstream::RequestKey& session,
                                                const upstream::Replaced& replaced) {
  (void)client.say(wire::SayLevel::information, text::tr("The old card is dead. Moving your records …"));
  TRY_ASSIGN(const login::EnrolmentRecord owner, context_.enrolments.load(wish.user));
  RecordHistory history(context_, owner);
  TRY_ASSIGN(const RecordsMoved moved,
             move_records({vault_, server_.client(), session, replaced.epoch}, history));
  JsonObject json;
  json.set("card_id", to_hex(wish.card.id()))
      .set("epoch", replaced.epoch)
      .set("revoked", static_cast<std::uint64_t>(replaced.revoked.size()));
  json.set("records_on_card", moved.on_card)
      .set("records_server_only", moved.server_only)
      .set("records_rewrapped", moved.rewrapped);
  return OperationOutcome{
      client.voice().speak("The new card has taken over: %1 records on the card, %2 at the "
                           "server. The old card is dead.",
                           {std::to_string(moved.on_card), std::to_string(moved.server_only)}),
      std::move(json).text()};
}

}  // namespace cardea::recoveryd
