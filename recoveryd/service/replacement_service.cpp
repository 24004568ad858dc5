// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/replacement_service.h"

#include <algorithm>

#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/card_service.h"
#include "recoveryd/service/keyring_service.h"
#include "recoveryd/service/replacement_by_access_key.h"

namespace cardea::recoveryd {
namespace {

using worker::HolderKind;
using worker::kCardTimeout;

bool is_reason(std::string_view reason) {
  return reason == "lost" || reason == "stolen" || reason == "damaged" || reason == "replaced";
}

}  // namespace

// Password, answer and this computer open it; where this computer's holder is missing, the sheet does.
Status ReplacementService::open_old_root_key(Conversation& client, worker::Vault& vault, ServerLink& server,
                                             const ProvenIdentity& identity,
                                             const login::EnrolmentRecord& record) {
  TRY_ASSIGN(const upstream::Holders holders,
             upstream::get_holders(server.client(), identity.session(), std::nullopt));
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
    TRY_ASSIGN(UniqueFd code, ask_sheet(client));
    TRY(collect_sheet(client.voice(), vault, std::move(code)));
    opened = vault.root_open(HolderKind::sheet, holder.ref, holder.epoch, holder.envelope, {}, kCardTimeout);
  }
  TRY(opened);
  return ReplacementSteps(context_, vault, server).open_older_keys(holders.epoch_seals);
}

Result<OperationOutcome> ReplacementService::by_password(Conversation& client,
                                                         const OperationRequest& request,
                                                         ReplacementWish wish) {
  TRY_ASSIGN(login::EnrolmentRecord record, context_.enrolments.load(wish.user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record));
  if (std::ranges::any_of(record.cards, is_announced)) {
    // An earlier replacement was interrupted: first learn how far it came.
    TRY(AccessKeyService(context_).check_in(*server, wish.user));
    TRY_ASSIGN(record, context_.enrolments.load(wish.user));
  }
  TRY_ASSIGN(wish.card.view, fresh_card(context_, record));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(kCardTimeout));
  TRY_ASSIGN(const ProvenIdentity identity,
             prove_identity(context_, client, *vault, *server, record.account));
  if (identity.user.bytes() != record.user_id)
    return fail(Error::server_misbehaved, text::tr("The server names another user for this account."));
  TRY_ASSIGN(wish.card.keys, prepare_card(client, *vault, wish.card.view, request));
  TRY_ASSIGN(const upstream::Account account,
             upstream::get_account(server->client(), identity.session(), std::nullopt));
  TRY(open_old_root_key(client, *vault, *server, identity, record));
  TRY(vault->recovery_key_open(identity.recovery_seal(), identity.recovery_public(), kCardTimeout));
  KeyringService(context_).open_with_recovery_key(*vault, record, identity.recovery_seal(),
                                                  identity.recovery_public());

  ReplacementSteps steps(context_, *vault, *server);
  TRY_ASSIGN(const upstream::Replacement offer,
             steps.make_offer(wish, {identity.user, account.epoch, identity.recovery_public(), true},
                              record.device_share));
  TRY(show_sheet(client, *vault));
  TRY(steps.announce(wish));
  TRY_ASSIGN(const upstream::Replaced replaced, steps.carry_out(wish, identity.session(), offer));
  TRY(steps.equip(wish, offer));
  return steps.move(client, wish, identity.session(), replaced);
}

Result<OperationOutcome> ReplacementService::replace(Conversation& client, const OperationRequest& request,
                                                     const std::string& user) {
  ReplacementWish wish;
  wish.user = user;
  wish.reason = request.argument("reason", "lost");
  if (!is_reason(wish.reason))
    return fail(Error::invalid_argument, text::tr("The reason is lost, stolen, damaged or replaced."));
  const std::string with = request.argument("with", "password");
  if (with == "access-key") return ReplacementByAccessKey(context_, client).replace(request, std::move(wish));
  if (with != "password")
    return fail(Error::invalid_argument, text::tr("A card is replaced with password or access-key."));
  return by_password(client, request, std::move(wish));
}

}  // namespace cardea::recoveryd
