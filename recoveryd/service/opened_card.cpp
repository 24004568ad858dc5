// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/opened_card.h"

#include "core/login/texts.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/home_follow.h"
#include "upstream/account_calls.h"
#include "upstream/forward.h"

namespace cardea::recoveryd {
namespace {

using worker::HolderKind;
using worker::kCardTimeout;
using worker::Purpose;

}  // namespace

Result<std::unique_ptr<worker::Vault>> open_with_pin(const Context& context, Conversation& client,
                                                     const worker::CardView& card) {
  const card::CardInfo& info = card.info;
  if (info.pin.state == card::PinState::locked)
    return fail(Error::pin_locked, std::string(login::texts::kPinLocked));
  const bool last_try = info.pin.state == card::PinState::last_try;
  TRY_ASSIGN(UniqueFd pin,
             client.ask_private("pin", login::texts::pin_for_card(client.voice().language(), info.label),
                                last_try ? std::string(login::texts::kLastTry) : std::string()));
  TRY_ASSIGN(auto vault, context.worker.open_vault(kCardTimeout));
  TRY(vault->collect(Purpose::pin, std::move(pin), kCardTimeout));
  card::PinReport report;
  if (Status login = vault->card_login(card.insertion, last_try, report, kCardTimeout); !login.ok()) {
    if (login.error() != Error::pin_wrong) return login.failure();
    return wrong_pin(client.voice(), report);
  }
  return vault;
}

Result<std::unique_ptr<OpenedCard>> OpenedCard::open(const Context& context, Conversation& client,
                                                     const std::string& user) {
  TRY_ASSIGN(login::EnrolmentRecord record, context.enrolments.load(user));
  std::unique_ptr<OpenedCard> opened(new OpenedCard(context, std::move(record)));
  TRY_ASSIGN(opened->card_, own_card(context, client.voice(), opened->record_));
  TRY_ASSIGN(opened->vault_, open_with_pin(context, client, opened->card_));
  TRY(opened->vault_->set_identity(opened->record_.user_id, context.device.computer_id, kCardTimeout));
  TRY(opened->open_root_key(client.voice()));
  return opened;
}

Status OpenedCard::open_root_key(text::Voice& voice) {
  auto header = read_header(*vault_);
  if (!header.ok())
    return fail(
        header.error(),
        text::tr("The card's header can't be read; run “cardea register --existing” to write it again."));
  header_ = std::move(*header);
  if (header_.user != record_.user_id)
    return voice.refuse(Error::card_foreign, login::texts::kNotThisUsersCard, {record_.local_user});
  return vault_->root_open(HolderKind::card, to_hex(*card_.info.card_id), header_.epoch, header_.card_holder,
                           {}, kCardTimeout);
}

Status OpenedCard::connect() {
  for (int followed = 0;; ++followed) {
    TRY_ASSIGN(server_, ServerLink::open(context_, record_));
    const Status done = open_session();
    if (done.ok() || !server_->client().forward() || followed == upstream::kMaxForwards) return done;
    TRY(follow_home(context_, record_.local_user, *server_->client().forward()));
    TRY_ASSIGN(record_, context_.enrolments.load(record_.local_user));
  }
}

Status OpenedCard::open_session() {
  session_key_ = crypto::Ed25519KeyPair::generate(context_.random);
  TRY_ASSIGN(const upstream::SessionInfo info,
             open_session_for(session_key_->spki(), context_.clock.now() + kOperationSessionSeconds));
  session_ = upstream::session_key(info.id, *session_key_);
  return {};
}

Result<upstream::SessionInfo> OpenedCard::open_session_for(ByteView session_spki, std::int64_t expires_at) {
  const api::CardId card(*card_.info.card_id);
  TRY_ASSIGN(const upstream::SessionInfo info,
             upstream::open_card_session(
                 server_->client(), card, session_spki, expires_at,
                 [this](ByteView message) { return vault_->card_sign(message, kCardTimeout); }));
  if (info.user.bytes() != record_.user_id)
    return fail(Error::server_misbehaved, text::tr("The server names another user for this card."));
  return info;
}

Status OpenedCard::open_older_keys() {
  TRY_ASSIGN(const upstream::Holders holders, upstream::get_holders(server(), session(), std::nullopt));
  std::vector<worker::EpochSeal> seals;
  for (const records::EpochSeal& seal : holders.epoch_seals)
    seals.push_back({seal.epoch, seal.envelope});
  return seals.empty() ? Status() : vault_->open_epoch_seals(seals, kCardTimeout);
}

}  // namespace cardea::recoveryd
