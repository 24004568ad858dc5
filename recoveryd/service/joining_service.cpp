// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/joining_service.h"

#include <algorithm>

#include <unistd.h>

#include "core/api/proofs.h"
#include "recoveryd/json.h"
#include "recoveryd/peer_policy.h"
#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/card_service.h"
#include "recoveryd/service/identity.h"
#include "recoveryd/service/keyring_service.h"
#include "upstream/account_calls.h"
#include "upstream/card_calls.h"
#include "upstream/computer_calls.h"

namespace cardea::recoveryd {
namespace {

using worker::HolderKind;
using worker::kCardTimeout;

Status is_active_at_server(const std::vector<upstream::CardInfo>& cards, const crypto::CardId& id) {
  for (const upstream::CardInfo& card : cards) {
    if (card.status.id.bytes() != id) continue;
    if (card.status.state == upstream::CardState::active) return {};
    return fail(Error::card_revoked, text::tr("This card has been replaced or reported lost at the server."));
  }
  return fail(
      Error::card_foreign,
      text::tr("This card does not belong to the account. Use “cardea card replace” for a new card."));
}

const records::Holder* card_holder(const upstream::Holders& holders, const crypto::CardId& card) {
  for (const records::Holder& holder : holders.holders) {
    if (holder.kind == records::HolderKind::card && holder.ref == to_hex(card)) return &holder;
  }
  return nullptr;
}

// Who is logged in proves password and answer to the server alone. So that must be the one that the enrolment
// or the administrator names: a server of his own would take any card for the user's.
Status check_same_servers(text::Voice& voice, const login::EnrolmentRecord& record,
                          const std::vector<std::string>& configured,
                          const std::vector<std::string>& servers) {
  const auto is_in = [](const std::vector<std::string>& list, const std::string& server) {
    return std::find(list.begin(), list.end(), server) != list.end();
  };
  for (const std::string& server : servers) {
    if (!is_in(record.servers, server) && !is_in(configured, server)) {
      return voice.refuse(Error::permission_denied,
                          "%1 is enrolled here with other servers (%2). Only root can change them.",
                          {record.local_user, record.servers.empty() ? "-" : record.servers.front()});
    }
  }
  return {};
}

// A computer that the server knows already is being repaired: only its holder is made anew.
Status add_computer(ServerLink& server, const ProvenIdentity& identity,
                    const upstream::NewComputer& computer) {
  const auto added = upstream::add_computer(server.client(), identity.session(), computer);
  if (added.ok()) return {};
  if (added.error() != Error::already_exists) return added.failure();
  return upstream::put_holder(server.client(), identity.session(), std::nullopt, computer.holders.front());
}

// What the record is after joining: a repaired one keeps its device share, because holders are sealed under
// it.
login::EnrolmentRecord joined_record(const Context& context, const std::string& user,
                                     const std::string& account, const std::vector<std::string>& servers,
                                     const upstream::Account& known) {
  login::EnrolmentRecord record;
  if (auto existing = context.enrolments.load(user); existing.ok() && existing->user_id == known.user.bytes())
    record = std::move(*existing);
  else
    record.device_share = context.random.secret<32>();
  record.local_user = user;
  record.user_id = known.user.bytes();
  record.account = account;
  record.servers = servers;
  record.epoch = known.epoch;
  record.cards.clear();
  record.revocation_checked_at = record.latest_time_seen = context.clock.now();
  record.audit_length = known.audit.length;
  record.audit_head = known.audit.head;
  // Password, answer and card at this computer: the person who proves them takes the server as it is now.
  record.checkpoint_key = known.audit.checkpoint ? known.audit.checkpoint->key : Bytes{};
  record.server_doubted = false;
  record.retired_at = 0;
  return record;
}

}  // namespace

Result<OperationOutcome> JoiningService::join(Conversation& client, const OperationRequest& request,
                                              const std::string& user, const std::string& account,
                                              const std::vector<std::string>& servers) {
  const auto existing = context_.enrolments.load(user);
  if (existing.ok() && existing->account != account) {
    return client.voice().refuse(Error::already_exists, "%1 is enrolled here for the account %2.",
                                 {user, existing->account});
  }
  const bool by_root = acts_for_everybody(client.peer().uid, context_.administrator);
  if (existing.ok() && !by_root)
    TRY(check_same_servers(client.voice(), *existing, context_.settings.server_urls, servers));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, servers));
  CardToEnrol card;
  TRY_ASSIGN(card.view, free_card(context_, user));
  if (!card.view.info.has_cardea_keys)
    return fail(Error::card_blank,
                text::tr("This card has no Cardea keys. Use “cardea card replace” for a new card."));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(kCardTimeout));
  TRY_ASSIGN(const ProvenIdentity identity, prove_identity(context_, client, *vault, *server, account));
  TRY_ASSIGN(const auto cards, upstream::list_cards(server->client(), identity.session(), std::nullopt));
  TRY(is_active_at_server(cards, crypto::card_id(card.view.info.auth_spki)));
  TRY_ASSIGN(card.keys, prepare_card(client, *vault, card.view, request));
  TRY_ASSIGN(const upstream::Account known,
             upstream::get_account(server->client(), identity.session(), std::nullopt));
  TRY_ASSIGN(const upstream::Holders holders,
             upstream::get_holders(server->client(), identity.session(), std::nullopt));
  const records::Holder* by_card = card_holder(holders, card.id());
  if (by_card == nullptr)
    return fail(Error::holder_missing, text::tr("The server has no root key for this card."));
  if (existing.ok() && existing->user_id == known.user.bytes()) {
    const KeyringService keyring(context_);
    keyring.open_with_recovery_key(*vault, *existing, identity.recovery_seal(), identity.recovery_public());
    keyring.add_card(*vault, *existing, card.id(), card.keys.wrap_spki);
  }
  TRY(vault->root_open(HolderKind::card, by_card->ref, by_card->epoch, by_card->envelope, {}, kCardTimeout));

  if (existing.ok() && !by_root && existing->user_id != known.user.bytes())
    return fail(Error::permission_denied,
                text::tr("The server names another user for this account. An administrator may take it."));
  login::EnrolmentRecord record = joined_record(context_, user, account, servers, known);
  record.cards.push_back(card.enrolled());
  worker::HolderParameters parameters;
  parameters.device_share = record.device_share.expose();
  TRY_ASSIGN(Bytes recovery,
             vault->holder_seal(HolderKind::recovery, server->computer().text(), parameters, kCardTimeout));
  upstream::NewComputer computer;
  computer.device_spki = context_.device.key.spki();
  computer.name = computer_name(context_, request);
  computer.serial = request.argument("computer-serial");
  const auto proof = context_.device.key.sign(api::computer_proof(known.user, computer.device_spki));
  computer.proof = Bytes(proof.begin(), proof.end());
  const records::Holder holder{records::HolderKind::recovery, server->computer().text(), known.epoch,
                               std::move(recovery)};
  computer.holders.push_back(holder);
  // DS is on disk before the holder under it is: the other way round a crash would leave a holder nobody can
  // open.
  if (existing.ok()) {
    TRY(context_.enrolments.update(user, [&](login::EnrolmentRecord& changed) -> Status {
      // An access key that was used since the record was read stays used.
      login::EnrolmentRecord joined = record.clone();
      if (changed.user_id == record.user_id) {
        joined.current = changed.current;
        joined.pending = changed.pending;
        joined.rotate_wanted = changed.rotate_wanted;
      }
      changed = std::move(joined);
      return {};
    }));
  } else {
    TRY(context_.enrolments.add(record));
  }
  TRY(add_computer(*server, identity, computer));
  TRY(write_card_header(*vault, record, by_card->envelope));
  TRY(AccessKeyService(context_).make_generation(*vault, true, *server, user));
  (void)context_.audit.append(context_.clock.now(), "joined",
                              {{"user", user}, {"account", account}, {"card_id", to_hex(card.id())}});
  JsonObject json;
  json.set("user_id", known.user.text()).set("account", account).set("card_id", to_hex(card.id()));
  json.set("computer_id", server->computer().text());
  return OperationOutcome{client.voice().speak("This computer now belongs to the account %1.", {account}),
                          std::move(json).text()};
}

}  // namespace cardea::recoveryd
