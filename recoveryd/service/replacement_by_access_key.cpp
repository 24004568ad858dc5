// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/replacement_by_access_key.h"

#include "core/access_key/typed_form.h"
#include "core/login/texts.h"
#include "recoveryd/log_events.h"
#include "recoveryd/os/linux/local_users.h"
#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/card_service.h"
#include "recoveryd/service/keyring_service.h"
#include "recoveryd/service/opened_card.h"
#include "recoveryd/service/spent_key.h"
#include "upstream/login_calls.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;

constexpr int kMistypedTries = 3;
constexpr const char* kKeyIsUsed = text::tr("The access key is used up: get a new one, then try again.");

Failure no_holder() {
  return fail(Error::holder_missing,
              text::tr("The access keys of this computer do not open your records. Use password and answer: "
                       "“cardea card replace”."));
}

void write_down(Context& context, std::string_view kind, const std::string& user) {
  const Status written =
      context.audit.append(context.clock.now(), kind, {{"user", user}, {"service", "card.replace"}});
  if (!written.ok())
    context.log.error(events::kAuditEventLost, {{"kind", kind}, {"error", error_name(written.error())}});
}

// The server's refusal, and that the key is gone.
Failure key_is_used(text::Voice& voice, const Failure& failure) {
  const std::string_view reason =
      failure.detail.empty() ? text::tr("The server did not answer as it should.") : failure.detail;
  return voice.refuse_with(failure.error, [&](text::Language language) {
    return std::string(text::translate(language, reason)) + " " +
           std::string(text::translate(language, kKeyIsUsed));
  });
}

// The session that the new card opens, to fetch the records.
struct CardSession {
  crypto::Ed25519KeyPair key;
  upstream::RequestKey request;
};

Result<std::unique_ptr<CardSession>> open_session_of(const Context& context, worker::Vault& vault,
                                                     ServerLink& server, const CardToEnrol& card) {
  auto session =
      std::make_unique<CardSession>(CardSession{crypto::Ed25519KeyPair::generate(context.random), {}});
  TRY_ASSIGN(
      const upstream::SessionInfo info,
      upstream::open_card_session(server.client(), api::CardId(card.id()), session->key.spki(),
                                  context.clock.now() + kOperationSessionSeconds,
                                  [&](ByteView message) { return vault.card_sign(message, kCardTimeout); }));
  session->request = upstream::session_key(info.id, session->key);
  return session;
}

}  // namespace

Result<ReplacementByAccessKey::Known> ReplacementByAccessKey::ask_server(
    ServerLink& server, const login::EnrolmentRecord& record) {
  const api::UserId user(record.user_id);
  TRY_ASSIGN(const upstream::Account account, upstream::get_account(server.client(), server.device(), user));
  if (account.user != user)
    return fail(Error::server_misbehaved, text::tr("The server names another user for this account."));
  TRY(check_signer(record, account.recovery_signer));
  TRY_ASSIGN(upstream::Holders holders, upstream::get_holders(server.client(), server.device(), user));
  const records::Holder* holder = computer_holder(holders, server.computer());
  if (holder == nullptr || holder->epoch != account.epoch) return no_holder();
  return Known{
      {user, account.epoch, account.recovery_public, false}, *holder, std::move(holders.epoch_seals)};
}

Result<access_key::AccessKey> ReplacementByAccessKey::ask_key() {
  Question question{"access-key", std::string(login::texts::kAccessKey), {}, wire::Route::daemon};
  for (int tries = 1;; ++tries) {
    TRY_ASSIGN(const Reply reply, client_.ask(question));
    if (reply.kind != wire::AnswerKind::text) return Error::cancelled;
    auto key = access_key::parse_access_key(reply.text.expose());
    if (key.ok()) return key;
    question.notice =
        login::texts::mistyped_group(client_.voice().language(), access_key::mistyped_group(key.failure()));
    if (tries == kMistypedTries) return fail(key.error(), question.notice);
  }
}

// docs/spec/login.md, “Proof by access key”, up to the check: the try is on disk before the key is looked at.
Result<ReplacementByAccessKey::Proof> ReplacementByAccessKey::ask_person(const std::string& user) {
  if (uid_of(user) == client_.peer().uid) {
    auto kept = context_.memory.kept_keys.root_for_replacement(user, context_.clock.monotonic());
    if (kept.has_value()) {
      (void)client_.say(wire::SayLevel::information,
                        text::tr("You have just come in with an access key; that will do."));
      return Proof{std::move(*kept), std::nullopt};
    }
  }
  TRY_ASSIGN(access_key::AccessKey key, ask_key());
  std::int64_t wait = 0;
  if (Status counted = count_key_try(context_, user, wait); !counted.ok()) {
    if (counted.error() == Error::throttled) {
      return client_.voice().refuse_with(
          Error::throttled, [&](text::Language language) { return login::texts::throttled(language, wait); });
    }
    return fail(counted.error(), std::string(login::texts::kStoreUnwritable));
  }
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  auto match = check_key(context_, record, key);
  if (!match.ok()) {
    write_down(context_, "access-key-refused", user);
    if (match.error() != Error::access_key_wrong) return match.failure();
    return fail(Error::access_key_wrong, std::string(login::texts::kWrongKey));
  }
  return Proof{{match->verifier.generation, std::move(match->root)}, std::move(key)};
}

Status ReplacementByAccessKey::open_root_key(worker::Vault& vault, const Known& known, const Proof& proof,
                                             const login::EnrolmentRecord& record) {
  worker::HolderParameters parameters;
  parameters.device_share = record.device_share.expose();
  parameters.chain_root = proof.root.k0.expose();
  parameters.generation = proof.root.generation;
  const Status opened = vault.root_open(worker::HolderKind::computer, known.holder.ref, known.holder.epoch,
                                        known.holder.envelope, parameters, kCardTimeout);
  if (opened.ok() || opened.error() != Error::decrypt_failed) return opened;
  // The key is right, and the holder is of an older generation: it stays good for a login.
  if (proof.typed.has_value()) (void)context_.throttle.succeeded(record.local_user);
  return no_holder();
}

// One write: the key is dead, and the new card is known. Checked again: it may have opened a door meanwhile.
Status ReplacementByAccessKey::announce(ReplacementSteps& steps, const ReplacementWish& wish,
                                        const Proof& proof) {
  const Status announced = steps.announce(wish, [&](login::EnrolmentRecord& record) -> Status {
    if (proof.typed.has_value()) TRY(spend_key(context_, record, *proof.typed));
    return {};
  });
  if (!announced.ok()) {
    return announced.error() == Error::access_key_wrong
               ? fail(Error::access_key_wrong, std::string(login::texts::kWrongKey))
               : announced.failure();
  }
  if (!proof.typed.has_value()) return {};
  if (Status cleared = context_.throttle.succeeded(wish.user); !cleared.ok())
    context_.log.warning("the try counter could not be cleared", {{"user", wish.user}});
  context_.memory.kept_keys.keep(wish.user, proof.root.generation, proof.root.k0, true,
                                 context_.clock.monotonic());
  write_down(context_, "access-key-used", wish.user);
  return {};
}

Result<upstream::SessionInfo> ReplacementByAccessKey::enter_server(ServerLink& server,
                                                                   const login::EnrolmentRecord& record,
                                                                   const Proof& proof,
                                                                   const crypto::Ed25519KeyPair& key) {
  const access_key::ChainContext whose{context_.device.computer_id, record.user_id, proof.root.generation};
  auto session = upstream::open_access_key_session(server.client(), whose, proof.root.k0, key.spki());
  // Unreachable: the same person may try again without another key.
  if (!session.ok() && session.error() == Error::server_unreachable) return session.failure();
  context_.memory.kept_keys.no_more_replacement(record.local_user);
  if (!session.ok()) {
    context_.contact_server_soon();
    return key_is_used(client_.voice(), session.failure());
  }
  if (session->user.bytes() != record.user_id || session->level != upstream::SessionLevel::access_key)
    return fail(Error::server_misbehaved, text::tr("The server opened another session than asked for."));
  return session;
}

Result<OperationOutcome> ReplacementByAccessKey::replace(const OperationRequest& request,
                                                         ReplacementWish wish) {
  TRY_ASSIGN(login::EnrolmentRecord record, context_.enrolments.load(wish.user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record));
  // Finishes what an earlier try has left behind, and needs the server.
  TRY(AccessKeyService(context_).check_in(*server, wish.user));
  TRY_ASSIGN(record, context_.enrolments.load(wish.user));
  if (!record.current.has_value())
    return fail(Error::access_key_wrong, std::string(login::texts::kNoAccessKeys));
  TRY_ASSIGN(const Known known, ask_server(*server, record));
  TRY_ASSIGN(wish.card.view, fresh_card(context_, record));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(kCardTimeout));
  TRY(vault->set_identity(record.user_id, context_.device.computer_id, kCardTimeout));
  TRY_ASSIGN(wish.card.keys, prepare_card(client_, *vault, wish.card.view, request));
  TRY_ASSIGN(const Proof proof, ask_person(wish.user));
  TRY(open_root_key(*vault, known, proof, record));
  KeyringService(context_).open_with_access_key(*vault, record, proof.root);

  ReplacementSteps steps(context_, *vault, *server);
  TRY(steps.open_older_keys(known.seals));
  TRY_ASSIGN(const upstream::Replacement offer, steps.make_offer(wish, known.owner, record.device_share));
  TRY(show_sheet(client_, *vault));
  TRY(announce(steps, wish, proof));
  const auto session_key = crypto::Ed25519KeyPair::generate(context_.random);
  TRY_ASSIGN(const upstream::SessionInfo info, enter_server(*server, record, proof, session_key));
  auto replaced = steps.carry_out(wish, upstream::session_key(info.id, session_key), offer);
  if (!replaced.ok()) return key_is_used(client_.voice(), replaced.failure());
  TRY(steps.equip(wish, offer));
  TRY_ASSIGN(const auto by_card, open_session_of(context_, *vault, *server, wish.card));
  TRY_ASSIGN(OperationOutcome outcome, steps.move(client_, wish, by_card->request, *replaced));
  outcome.message +=
      " " + client_.voice().speak(
                "Run “cardea register --existing” when you have time: then password and answer "
                "open your records here again.");
  return outcome;
}

}  // namespace cardea::recoveryd
