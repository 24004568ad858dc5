// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/access_key_service.h"

#include <algorithm>

#include "recoveryd/json.h"
#include "upstream/access_key_calls.h"
#include "upstream/account_calls.h"
#include "upstream/computer_calls.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;

login::CardState to_local(upstream::CardState state) {
  switch (state) {
    case upstream::CardState::active:
      return login::CardState::active;
    case upstream::CardState::suspended:
      return login::CardState::suspended;
    case upstream::CardState::revoked:
      break;
  }
  return login::CardState::revoked;
}

// A recovery key that none of the cards enrolled here has signed could be anybody's: the new access keys
// would be sealed to him.
Status check_signer(const login::EnrolmentRecord& record, const upstream::GenerationBegun& begun) {
  const login::EnrolledCard* signer = record.find_card(begun.recovery_signer.card_id.bytes());
  if (signer == nullptr || signer->auth_spki != begun.recovery_signer.auth_spki) {
    return fail(
        Error::server_untrusted,
        text::tr(
            "The server names a recovery key that no card enrolled here has signed. If you replaced your "
            "card on another computer, "
            "run “cardea register --existing” here."));
  }
  return {};
}

access_key::AccessKeyVerifier first_verifier(std::uint32_t generation, ByteView check_k0) {
  access_key::AccessKeyVerifier verifier;
  verifier.generation = generation;
  std::copy(check_k0.begin(), check_k0.end(), verifier.check_root.begin());
  verifier.check_last = verifier.check_root;  // j = 0: check(k_0)
  return verifier;
}

}  // namespace

Status AccessKeyService::make_generation(worker::Vault& vault, bool root_key_open, ServerLink& server,
                                         const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  const api::UserId user_id(record.user_id);
  TRY_ASSIGN(const auto begun,
             upstream::begin_generation(server.client(), server.device(), server.computer(), user_id));
  TRY(check_signer(record, begun));
  TRY_ASSIGN(const worker::AccessKeyChain chain,
             vault.chain_create(begun.generation, begun.server_random.expose(), begun.recovery_public,
                                kCardTimeout));
  const access_key::AccessKeyVerifier verifier = first_verifier(begun.generation, chain.check_k0);
  TRY(upstream::prepare_generation(
      server.client(), server.device(), server.computer(),
      {user_id, begun.generation, chain.seal, verifier.check_root, chain.login_public}));
  TRY_ASSIGN(const login::EnrolmentRecord both,
             context_.enrolments.update(user, [&](login::EnrolmentRecord& changed) -> Status {
               changed.pending = verifier;
               return {};
             }));
  if (root_key_open) {
    worker::HolderParameters parameters;
    parameters.device_share = record.device_share.expose();
    const std::string ref = server.computer().text();
    TRY_ASSIGN(Bytes envelope,
               vault.holder_seal(worker::HolderKind::computer, ref, parameters, kCardTimeout));
    TRY(upstream::put_holder(server.client(), server.device(), user_id,
                             {records::HolderKind::computer, ref, record.epoch, std::move(envelope)}));
  }
  return commit(server, both);
}

Status AccessKeyService::commit(ServerLink& server, const login::EnrolmentRecord& record) {
  const access_key::AccessKeyVerifier pending = *record.pending;
  TRY(upstream::commit_generation(server.client(), server.device(), server.computer(),
                                  api::UserId(record.user_id), pending.generation, pending.check_root));
  TRY(context_.enrolments.update(record.local_user, [&](login::EnrolmentRecord& changed) -> Status {
    // A key of the new generation may have been used meanwhile: what is in the record counts.
    if (!changed.pending.has_value() || changed.pending->generation != pending.generation) return {};
    changed.rotate_wanted = changed.pending->last_used > 0;
    changed.current = std::exchange(changed.pending, std::nullopt);
    return {};
  }));
  (void)context_.audit.append(
      context_.clock.now(), "access-keys-made",
      {{"user", record.local_user}, {"generation", static_cast<std::int64_t>(pending.generation)}});
  return {};
}

Result<bool> AccessKeyService::check_in(ServerLink& server, const std::string& user) {
  TRY_ASSIGN(login::EnrolmentRecord record, context_.enrolments.load(user));
  if (record.pending.has_value()) {
    const Status committed = commit(server, record);
    // The server may never have seen this PREPARE: then the old generation simply stays.
    const bool unknown =
        !committed.ok() &&
        (committed.error() == Error::not_found || committed.error() == Error::precondition_failed ||
         committed.error() == Error::server_conflict || committed.error() == Error::state_forbidden);
    if (!committed.ok() && !unknown) return committed.failure();
    if (unknown && record.current.has_value()) {
      TRY(context_.enrolments.update(user, [](login::EnrolmentRecord& changed) -> Status {
        changed.pending.reset();
        changed.rotate_wanted = true;
        return {};
      }));
    }
    TRY_ASSIGN(record, context_.enrolments.load(user));
  }
  upstream::CheckIn report;
  report.user = api::UserId(record.user_id);
  if (record.current.has_value()) {
    report.generation = record.current->generation;
    report.check_k0 = to_bytes(record.current->check_root);
    report.used = record.current->last_used;
  }
  TRY_ASSIGN(const upstream::CheckedIn answer,
             upstream::check_in(server.client(), server.device(), server.computer(), report));
  const UnixSeconds now = context_.clock.now();
  TRY(context_.enrolments.update(user, [&](login::EnrolmentRecord& changed) -> Status {
    if (answer.audit.length < changed.audit_length)
      return fail(Error::server_untrusted, text::tr("The server has forgotten events of this account."));
    changed.audit_length = answer.audit.length;
    changed.audit_head = answer.audit.head;
    for (login::EnrolledCard& card : changed.cards) {
      const auto known =
          std::find_if(answer.cards.begin(), answer.cards.end(),
                       [&](const upstream::CardStatus& status) { return status.id.bytes() == card.card_id; });
      // A card the server does not know any more is dead here, too; only a person at this computer brings one
      // back to life.
      const login::CardState state =
          known == answer.cards.end() ? login::CardState::revoked : to_local(known->state);
      if (card.state != login::CardState::revoked) card.state = state;
    }
    changed.revocation_checked_at = now;
    changed.latest_time_seen = std::max(changed.latest_time_seen, now);
    if (answer.rotate || answer.fit != "ok") changed.rotate_wanted = true;
    return {};
  }));
  TRY_ASSIGN(record, context_.enrolments.load(user));
  return record.rotate_wanted;
}

Status AccessKeyService::make_generation_alone(ServerLink& server, const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(kCardTimeout));
  TRY(vault->set_identity(record.user_id, context_.device.computer_id, kCardTimeout));
  return make_generation(*vault, false, server, user);
}

Status AccessKeyService::keep_up(const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  if (record.servers.empty()) return {};
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record.servers));
  TRY_ASSIGN(const bool rotate, check_in(*server, user));
  return rotate ? make_generation_alone(*server, user) : Status();
}

Result<OperationOutcome> AccessKeyService::rotate(const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record.servers));
  TRY(check_in(*server, user));
  TRY(make_generation_alone(*server, user));
  TRY_ASSIGN(const login::EnrolmentRecord after, context_.enrolments.load(user));
  JsonObject json;
  json.set("generation", after.current->generation);
  return OperationOutcome{text::tr("New access keys are made; every earlier one is dead."),
                          std::move(json).text()};
}

Result<OperationOutcome> AccessKeyService::check(const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record.servers));
  TRY_ASSIGN(const bool rotate, check_in(*server, user));
  TRY_ASSIGN(const login::EnrolmentRecord after, context_.enrolments.load(user));
  JsonObject json;
  json.set("generation", after.current.has_value() ? after.current->generation : 0);
  json.set("used", after.current.has_value() ? std::int64_t{after.current->last_used} : 0);
  json.set("rotation_wanted", rotate);
  const std::string message =
      rotate ? text::tr("Computer and server do not fit, or a key was used: run “cardea access-key rotate”.")
             : text::tr("The access keys at the server fit this computer.");
  return OperationOutcome{message, std::move(json).text()};
}

}  // namespace cardea::recoveryd
