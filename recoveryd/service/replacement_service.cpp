// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/replacement_service.h"

#include "core/api/proofs.h"
#include "recoveryd/json.h"
#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/card_service.h"
#include "recoveryd/service/record_service.h"
#include "upstream/account_calls.h"
#include "upstream/card_calls.h"

namespace cardea::recoveryd {
namespace {

using worker::HolderKind;
using worker::kCardTimeout;
using worker::Purpose;

bool is_reason(std::string_view reason) {
  return reason == "lost" || reason == "stolen" || reason == "damaged" || reason == "replaced";
}

}  // namespace

struct ReplacementService::Taken {
  login::EnrolmentRecord record;
  Bytes card_holder;
  std::size_t revoked = 0;
};

// Password, answer and this computer open it; where this computer's holder is missing, the sheet does.
Status ReplacementService::open_old_root_key(Conversation& client, worker::Vault& vault, ServerLink& server,
                                             const ProvenIdentity& identity,
                                             const login::EnrolmentRecord& record) {
  TRY_ASSIGN(const upstream::Holders holders,
             upstream::get_holders(server.client(), identity.session(), std::nullopt));
  std::vector<worker::EpochSeal> seals;
  for (const records::EpochSeal& seal : holders.epoch_seals)
    seals.push_back({seal.epoch, seal.envelope});
  worker::HolderParameters parameters;
  parameters.device_share = record.device_share.expose();
  Status opened =
      fail(Error::holder_missing, text::tr("The server has no holder of the root key that opens here."));
  for (const records::Holder& holder : holders.holders) {
    if (holder.kind != records::HolderKind::recovery || holder.ref != server.computer().text()) continue;
    opened = vault.root_open(HolderKind::recovery, holder.ref, holder.epoch, holder.envelope, parameters,
                             kCardTimeout);
  }
  for (const records::Holder& holder : holders.holders) {
    if (opened.ok() || holder.kind != records::HolderKind::sheet) continue;
    TRY_ASSIGN(UniqueFd code, client.ask_private("sheet-code", text::tr("Code of your recovery sheet: ")));
    TRY(vault.collect(Purpose::sheet_code, std::move(code), kCardTimeout));
    opened = vault.root_open(HolderKind::sheet, holder.ref, holder.epoch, holder.envelope, {}, kCardTimeout);
  }
  TRY(opened);
  return seals.empty() ? Status() : vault.open_epoch_seals(seals, kCardTimeout);
}

Result<ReplacementService::Taken> ReplacementService::take_over(
    Conversation& client, worker::Vault& vault, ServerLink& server, const ProvenIdentity& identity,
    const CardToEnrol& card, const login::EnrolmentRecord& record, const std::string& reason) {
  TRY_ASSIGN(const upstream::Account account,
             upstream::get_account(server.client(), identity.session(), std::nullopt));
  TRY(open_old_root_key(client, vault, server, identity, record));
  TRY(vault.recovery_key_open(identity.recovery_seal(), identity.recovery_public(), kCardTimeout));
  TRY_ASSIGN(const worker::EpochStep step, vault.epoch_advance(kCardTimeout));
  upstream::Replacement replacement;
  replacement.reason = reason;
  replacement.expected_epoch = account.epoch;
  TRY_ASSIGN(replacement.card, prove_card(vault, card, identity.user, identity.recovery_public()));
  TRY_ASSIGN(replacement.holders,
             make_holders(vault, card, server.computer(), record.device_share, step.epoch));
  replacement.epoch_seal = step.epoch_seal;
  replacement.computer = server.computer();
  const auto proof =
      context_.device.key.sign(api::replace_proof(identity.user, api::CardId(card.id()), step.epoch));
  replacement.computer_proof = Bytes(proof.begin(), proof.end());
  TRY(show_sheet(client, vault));
  TRY_ASSIGN(const upstream::Replaced replaced,
             upstream::replace_card(server.client(), identity.session(), replacement,
                                    upstream::new_idempotency_key(context_.random)));

  // From here on the old card is dead. The computer learns it before anything else is tried.
  TRY_ASSIGN(login::EnrolmentRecord changed,
             context_.enrolments.update(record.local_user, [&](login::EnrolmentRecord& now) -> Status {
               for (login::EnrolledCard& old : now.cards)
                 old.state = login::CardState::revoked;
               if (now.cards.size() >= login::kMaxCardsPerUser) now.cards.erase(now.cards.begin());
               now.cards.push_back(card.enrolled());
               now.epoch = replaced.epoch;
               now.audit_length = replaced.audit.length;
               now.audit_head = replaced.audit.head;
               now.revocation_checked_at = now.latest_time_seen = context_.clock.now();
               return {};
             }));
  return Taken{std::move(changed), envelope_of(replacement.holders, records::HolderKind::card),
               replaced.revoked.size()};
}

Result<OperationOutcome> ReplacementService::replace(Conversation& client, const OperationRequest& request,
                                                     const std::string& user) {
  const std::string reason = request.argument("reason", "lost");
  if (!is_reason(reason))
    return fail(Error::invalid_argument, text::tr("The reason is lost, stolen, damaged or replaced."));
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record.servers));
  CardToEnrol card;
  TRY_ASSIGN(card.view, fresh_card(context_, record));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(kCardTimeout));
  TRY_ASSIGN(const ProvenIdentity identity,
             prove_identity(context_, client, *vault, *server, record.account));
  if (identity.user.bytes() != record.user_id)
    return fail(Error::server_misbehaved, text::tr("The server names another user for this account."));
  TRY_ASSIGN(card.keys, prepare_card(client, *vault, card.view, request));
  TRY_ASSIGN(Taken taken, take_over(client, *vault, *server, identity, card, record, reason));
  (void)context_.audit.append(context_.clock.now(), "card-replaced",
                              {{"user", user}, {"reason", reason}, {"card_id", to_hex(card.id())}});

  TRY(write_card_header(*vault, taken.record, std::move(taken.card_holder)));
  TRY(AccessKeyService(context_).make_generation(*vault, true, *server, user));
  (void)client.say(wire::SayLevel::information, text::tr("The old card is dead. Moving your records …"));
  TRY_ASSIGN(const RecordsMoved moved,
             move_records(*vault, server->client(), identity.session(), taken.record.epoch));
  JsonObject json;
  json.set("card_id", to_hex(card.id()))
      .set("epoch", taken.record.epoch)
      .set("revoked", static_cast<std::uint64_t>(taken.revoked));
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
