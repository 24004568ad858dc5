// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/access_key_service.h"

#include <algorithm>
#include <utility>

#include "recoveryd/json.h"
#include "recoveryd/log_events.h"
#include "recoveryd/officer_list.h"
#include "recoveryd/service/home_follow.h"
#include "recoveryd/service/keyring_service.h"
#include "recoveryd/service/notice_service.h"
#include "recoveryd/service/region_service.h"
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

access_key::AccessKeyVerifier first_verifier(std::uint32_t generation, ByteView check_k0) {
  access_key::AccessKeyVerifier verifier;
  verifier.generation = generation;
  std::copy(check_k0.begin(), check_k0.end(), verifier.check_root.begin());
  verifier.check_last = verifier.check_root;  // j = 0: check(k_0)
  return verifier;
}

Result<std::vector<upstream::OfficerSeal>> seal_for_officers(const Context& context, worker::Vault& vault) {
  TRY_ASSIGN(const auto officers, read_officer_list(context.settings.officers_file));
  std::vector<upstream::OfficerSeal> seals;
  for (const ListedOfficer& officer : officers) {
    TRY_ASSIGN(Bytes seal, vault.chain_seal(officer.id, officer.wrap_spki, kCardTimeout));
    seals.push_back({api::CardId(officer.id), officer.name, std::move(seal)});
  }
  return seals;
}

// Whether the current generation is sealed for others than root of this computer has named. A list that can't
// be read says nothing: making a generation will fail with its reason.
bool other_officers(const Context& context, const upstream::CheckedIn& answer) {
  const auto officers = read_officer_list(context.settings.officers_file);
  if (!officers.ok() || !answer.officers.has_value() || answer.generation == 0) return false;
  const auto& sealed = *answer.officers;
  return sealed.size() != officers->size() ||
         !std::all_of(officers->begin(), officers->end(), [&](const ListedOfficer& officer) {
           return std::find(sealed.begin(), sealed.end(), api::CardId(officer.id)) != sealed.end();
         });
}

// For the administrators' list of all computers; a switch that can't be read is not spoken of.
std::string gate_word(Context& context) {
  if (context.settings.force_card_required) return "on";
  const auto state = context.gate.read(context.clock.now());
  if (!state.ok()) return {};
  if (state->fell_back()) return "fell-back";
  if (!state->card_required) return "off";
  return state->confirm_until == 0 ? "on" : "probation";
}

}  // namespace

Status check_signer(const login::EnrolmentRecord& record, const upstream::RecoverySigner& named) {
  const login::EnrolledCard* signer = record.find_card(named.card_id.bytes());
  if (signer == nullptr || signer->auth_spki != named.auth_spki) {
    return fail(
        Error::server_untrusted,
        text::tr(
            "The server names a recovery key that no card enrolled here has signed. If you replaced your "
            "card on another computer, "
            "run “cardea register --existing” here."));
  }
  return {};
}

const records::Holder* computer_holder(const upstream::Holders& holders, const api::ComputerId& computer) {
  for (const records::Holder& holder : holders.holders) {
    if (holder.kind == records::HolderKind::computer && holder.ref == computer.text()) return &holder;
  }
  return nullptr;
}

void take_check_in(login::EnrolmentRecord& record, const upstream::CheckedIn& answer, const AuditWatch& watch,
                   UnixSeconds now) {
  const bool trusted = watch.verdict.ok();
  record.server_doubted = !trusted;
  record.retired_at = 0;
  if (trusted && watch.length >= record.audit_length) {
    record.audit_length = watch.length;
    record.audit_head = watch.head;
    record.checkpoint_key = watch.checkpoint_key;
  }
  for (login::EnrolledCard& card : record.cards) {
    const auto known =
        std::find_if(answer.cards.begin(), answer.cards.end(),
                     [&](const upstream::CardStatus& status) { return status.id.bytes() == card.card_id; });
    const bool announced = card.state == login::CardState::announced;
    // Offered in a replacement that the server has not made: it may be offered again.
    if (announced && known == answer.cards.end()) continue;
    // A card the server does not know any more is dead here, too, unless the server has forgotten more than
    // that; only a person at this computer brings one back to life.
    if (known == answer.cards.end() && !trusted) continue;
    const login::CardState state =
        known == answer.cards.end() ? login::CardState::revoked : to_local(known->state);
    const bool lets_in_again = state == login::CardState::active;
    if (card.state == login::CardState::revoked || (!trusted && lets_in_again)) continue;
    // The replacement was made, and its answer was lost.
    if (announced) record.epoch = answer.epoch;
    card.state = state;
  }
  // A server that forgets may have forgotten a loss report: its word does not make the states of the cards
  // fresh.
  if (trusted) record.revocation_checked_at = now;
  // A server that is believed has just agreed with this clock: a time seen before that lies ahead was wrong.
  record.latest_time_seen = trusted ? now : std::max(record.latest_time_seen, now);
  if (answer.rotate || answer.fit != "ok") record.rotate_wanted = true;
}

void take_retirement(login::EnrolmentRecord& record, UnixSeconds now) {
  if (record.retired_at == 0) record.retired_at = now;
}

void take_over_generation(login::EnrolmentRecord& record, const access_key::AccessKeyVerifier& committed) {
  const bool known = record.pending.has_value() && record.pending->generation == committed.generation;
  // The numbers of a server that was restored from a backup begin lower: only an answer nobody waits for is
  // old.
  if (!known && record.current.has_value() && record.current->generation >= committed.generation) return;
  // A key of the new generation may have been used meanwhile.
  record.current = known ? *record.pending : committed;
  record.rotate_wanted = record.current->last_used > 0;
  if (record.pending.has_value() && record.pending->generation <= committed.generation)
    record.pending.reset();
}

void give_up_generation(login::EnrolmentRecord& record, std::uint32_t generation) {
  if (record.pending.has_value() && record.pending->generation == generation) record.pending.reset();
  record.rotate_wanted = true;
}

Status AccessKeyService::make_generation(worker::Vault& vault, bool root_key_open, ServerLink& server,
                                         const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  const api::UserId user_id(record.user_id);
  TRY_ASSIGN(const auto begun,
             upstream::begin_generation(server.client(), server.device(), server.computer(), user_id));
  TRY(check_signer(record, begun.recovery_signer));
  TRY_ASSIGN(const worker::AccessKeyChain chain,
             vault.chain_create(begun.generation, begun.server_random.expose(), begun.recovery_public,
                                kCardTimeout));
  const access_key::AccessKeyVerifier verifier = first_verifier(begun.generation, chain.check_k0);
  TRY_ASSIGN(auto officers, seal_for_officers(context_, vault));
  KeyringService(context_).add_generation(vault, record, begun.generation, begun.recovery_public);
  TRY(upstream::prepare_generation(
      server.client(), server.device(), server.computer(),
      {user_id, begun.generation, chain.seal, verifier.check_root, chain.login_public, std::move(officers)}));
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
  TRY(commit(server, both));
  // Whatever was used before is of a dead generation now.
  context_.memory.kept_keys.forget(user);
  return {};
}

// The owner goes on working: cards and access keys open as before. What depends on the server's memory is not
// believed.
void AccessKeyService::tell_of_doubt(const std::string& user, const Failure& doubt) {
  context_.log.error(events::kServerDoubted, {{"user", user}, {"detail", doubt.detail}});
  (void)context_.audit.append(context_.clock.now(), "server-doubted",
                              {{"user", user}, {"detail", doubt.detail}});
}

Status AccessKeyService::note_retirement(const login::EnrolmentRecord& record) {
  if (record.retired_at != 0) return {};
  const UnixSeconds now = context_.clock.now();
  TRY(context_.enrolments.update(record.local_user, [now](login::EnrolmentRecord& changed) -> Status {
    take_retirement(changed, now);
    return {};
  }));
  context_.log.warning("this computer was taken out of the account", {{"user", record.local_user}});
  (void)context_.audit.append(now, "retired", {{"user", record.local_user}, {"account", record.account}});
  return {};
}

Status AccessKeyService::commit(ServerLink& server, const login::EnrolmentRecord& record) {
  const access_key::AccessKeyVerifier pending = *record.pending;
  TRY(upstream::commit_generation(server.client(), server.device(), server.computer(),
                                  api::UserId(record.user_id), pending.generation, pending.check_root));
  TRY(context_.enrolments.update(record.local_user, [&](login::EnrolmentRecord& changed) -> Status {
    take_over_generation(changed, pending);
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
      TRY(context_.enrolments.update(user, [&](login::EnrolmentRecord& changed) -> Status {
        give_up_generation(changed, record.pending->generation);
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
  report.nearest = RegionService(context_).look(server, record);
  report.gate = gate_word(context_);
  report.program = CARDEA_VERSION;
  const auto checked = upstream::check_in(server.client(), server.device(), server.computer(), report);
  if (!checked.ok() && checked.error() == Error::state_forbidden) TRY(note_retirement(record));
  TRY_ASSIGN(const upstream::CheckedIn answer, checked);
  std::vector<Notice> news;
  const AuditWatch watch = watch_audit(
      record, answer.audit,
      [&](std::uint64_t after) {
        return upstream::get_audit(server.client(), server.device(), api::UserId(record.user_id), after);
      },
      [&](const upstream::AuditEvent& event) {
        if (auto notice = notice_of(event, server.computer())) news.push_back(std::move(*notice));
      });
  if (watch.verdict.ok()) NoticeService(context_).take(record, std::move(news), watch.length);
  const UnixSeconds now = context_.clock.now();
  const std::uint32_t epoch_before = record.epoch;
  TRY(context_.enrolments.update(user, [&](login::EnrolmentRecord& changed) -> Status {
    // A card was replaced here while this answer was on its way: it is older than the record.
    if (changed.epoch != epoch_before) return {};
    take_check_in(changed, answer, watch, now);
    if (other_officers(context_, answer)) changed.rotate_wanted = true;
    return {};
  }));
  if (!watch.verdict.ok() && !record.server_doubted) tell_of_doubt(user, watch.verdict.failure());
  TRY_ASSIGN(record, context_.enrolments.load(user));
  return record.rotate_wanted;
}

Status AccessKeyService::make_generation_alone(ServerLink& server, const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(kCardTimeout));
  TRY(vault->set_identity(record.user_id, context_.device.computer_id, kCardTimeout));
  if (const auto kept = context_.memory.kept_keys.root(user, context_.clock.monotonic()))
    KeyringService(context_).open_with_access_key(*vault, record, *kept);
  const Status opened = open_by_kept_key(*vault, server, record);
  if (!opened.ok()) {
    context_.log.info("access keys made without the root key",
                      {{"user", user}, {"reason", opened.failure().detail}});
  }
  return make_generation(*vault, opened.ok(), server, user);
}

Status AccessKeyService::open_by_kept_key(worker::Vault& vault, ServerLink& server,
                                          const login::EnrolmentRecord& record) {
  const auto kept = context_.memory.kept_keys.root(record.local_user, context_.clock.monotonic());
  if (!kept.has_value()) return fail(Error::holder_missing, "no access key was used lately");
  TRY_ASSIGN(const upstream::Holders holders,
             upstream::get_holders(server.client(), server.device(), api::UserId(record.user_id)));
  const records::Holder* holder = computer_holder(holders, server.computer());
  if (holder == nullptr) return fail(Error::holder_missing, "the server has no holder of this computer");
  worker::HolderParameters parameters;
  parameters.device_share = record.device_share.expose();
  parameters.chain_root = kept->k0.expose();
  parameters.generation = kept->generation;
  return vault.root_open(worker::HolderKind::computer, holder->ref, holder->epoch, holder->envelope,
                         parameters, kCardTimeout);
}

Status AccessKeyService::keep_up(const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  // Of a guest the server is asked when he logs in.
  if (record.servers.empty() || record.is_guest()) return {};
  return at_home(context_, user, [&](ServerLink& server) -> Status {
    const auto checked = check_in(server, user);
    if (!checked.ok() && checked.error() == Error::state_forbidden)
      return {};  // retired: noted, nothing to keep up
    TRY_ASSIGN(const bool rotate, checked);
    // Who has just come in with an access key may be about to put the new card in; the replacement makes a
    // new generation itself.
    TRY_ASSIGN(const login::EnrolmentRecord now, context_.enrolments.load(user));
    refresh_server_list(context_, server, server_group(now));
    const bool wanted = rotate || KeyringService(context_).needs_generation(now);
    if (!wanted || context_.memory.kept_keys.still_waiting(user, context_.clock.monotonic()) > 0) return {};
    return make_generation_alone(server, user);
  });
}

Result<OperationOutcome> AccessKeyService::rotate(const std::string& user) {
  const Status made = at_home(context_, user, [&](ServerLink& server) -> Status {
    TRY(check_in(server, user));
    return make_generation_alone(server, user);
  });
  TRY(made);
  TRY_ASSIGN(const login::EnrolmentRecord after, context_.enrolments.load(user));
  JsonObject json;
  json.set("generation", after.current->generation);
  return OperationOutcome{text::tr("New access keys are made; every earlier one is dead."),
                          std::move(json).text()};
}

Result<OperationOutcome> AccessKeyService::check(const std::string& user) {
  bool rotate = false;
  const Status checked = at_home(context_, user, [&](ServerLink& server) -> Status {
    TRY_ASSIGN(rotate, check_in(server, user));
    return {};
  });
  TRY(checked);
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
