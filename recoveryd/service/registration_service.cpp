// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/registration_service.h"

#include <array>
#include <optional>

#include <unistd.h>

#include "core/base/text.h"
#include "recoveryd/json.h"
#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/card_service.h"
#include "recoveryd/service/joining_service.h"
#include "upstream/account_calls.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;
using worker::Purpose;

constexpr worker::Timeout kStretchTimeout{60'000};  // Argon2id twice, on a slow machine

struct Asked {
  UniqueFd password, question, answer;
};

Result<Asked> ask_owner(Conversation& client, const std::string& account) {
  Asked asked;
  TRY_ASSIGN(asked.password,
             client.ask_private("password", client.voice().speak("New password for %1: ", {account}), {},
                                wire::kAskTwice));
  TRY_ASSIGN(asked.question, client.ask_private("question", text::tr("Your own question: "),
                                                text::tr("Only you should know its answer."), wire::kEcho));
  TRY_ASSIGN(asked.answer, client.ask_private("answer", text::tr("Its answer: "), {}, wire::kAskTwice));
  return asked;
}

Status collect(worker::Vault& vault, Asked asked) {
  TRY(vault.collect(Purpose::password, std::move(asked.password), kCardTimeout));
  TRY(vault.collect(Purpose::question, std::move(asked.question), kCardTimeout));
  return vault.collect(Purpose::answer, std::move(asked.answer), kCardTimeout);
}

}  // namespace

bool says_never_registered(Error error) noexcept {
  // An unknown device key has signed nothing; a known one is told that this user has no such computer.
  return error == Error::signature_invalid || error == Error::not_found;
}

std::string computer_name(const Context& context, const OperationRequest& request) {
  if (const std::string name = request.argument("name"); !name.empty()) return name;
  if (!context.settings.computer_name.empty()) return context.settings.computer_name;
  std::array<char, 256> host{};
  return ::gethostname(host.data(), host.size() - 1) == 0 && host[0] != '\0' ? std::string(host.data())
                                                                             : std::string("computer");
}

Result<OperationOutcome> RegistrationService::run(Conversation& client, const OperationRequest& request,
                                                  const std::string& user) {
  const std::string account = request.argument("account", user);
  if (!is_account_name(account))
    return fail(Error::invalid_argument, text::tr("An account name has 1 to 64 of A-Z a-z 0-9 _ . @ -"));
  if (!is_account_name(user)) return fail(Error::invalid_argument, text::tr("This is not a local user."));
  TRY_ASSIGN(const std::vector<std::string> servers, servers_of(context_, client, request));
  if (request.argument("existing") == "yes")
    return JoiningService(context_).join(client, request, user, account, servers);
  TRY(clear_the_way(client.voice(), user));
  return register_account(client, request, user, account, servers);
}

// An enrolment that never got access keys is what an interrupted registration leaves. Where the server does
// not know it, it is removed, so that the person can begin again.
Status RegistrationService::clear_the_way(text::Voice& voice, const std::string& user) {
  const auto existing = context_.enrolments.load(user);
  if (!existing.ok()) return existing.error() == Error::not_enrolled ? Status() : Status(existing.failure());
  const bool interrupted =
      !existing->account.empty() && !existing->current.has_value() && !existing->pending.has_value();
  if (interrupted) {
    TRY_ASSIGN(const auto server, ServerLink::open(context_, *existing));
    const auto known =
        upstream::get_account(server->client(), server->device(), api::UserId(existing->user_id));
    const bool not_known = !known.ok() && says_never_registered(known.error());
    if (not_known) return context_.enrolments.remove(user);
  }
  return voice.refuse(Error::already_exists,
                      "%1 is already enrolled on this computer. For a new card run “cardea card replace”; to "
                      "repair the enrolment run “cardea register --existing”.",
                      {user});
}

Result<CardToEnrol> RegistrationService::open_card(Conversation& client, const OperationRequest& request,
                                                   const std::string& user, worker::Vault& vault) {
  CardToEnrol card;
  TRY_ASSIGN(card.view, free_card(context_, user));
  TRY_ASSIGN(card.keys, prepare_card(client, vault, card.view, request));
  return card;
}

Result<OperationOutcome> RegistrationService::register_account(Conversation& client,
                                                               const OperationRequest& request,
                                                               const std::string& user,
                                                               const std::string& account,
                                                               const std::vector<std::string>& servers) {
  TRY_ASSIGN(const auto server, ServerLink::open(context_, servers));
  TRY(free_card(context_, user));  // before a long dialogue
  const bool continues = request.argument("continue") == "yes";
  std::optional<Asked> asked;
  if (!continues) {
    TRY_ASSIGN(asked, ask_owner(client, account));
  }
  TRY_ASSIGN(const auto vault, context_.worker.open_vault(kCardTimeout));
  OpenedDraft draft;
  if (continues) {
    TRY_ASSIGN(draft, open_draft(context_, client, *vault, *server, account));
  } else {
    TRY(collect(*vault, std::move(*asked)));
  }
  TRY_ASSIGN(const CardToEnrol card, open_card(client, request, user, *vault));

  login::EnrolmentRecord record;
  record.local_user = user;
  record.account = account;
  record.servers = servers;
  record.epoch = 1;
  record.cards.push_back(card.enrolled());
  record.device_share = context_.random.secret<32>();
  record.revocation_checked_at = record.latest_time_seen = context_.clock.now();
  bool sheet_confirmed = continues;  // it was typed in full
  if (continues) {
    TRY(finish_draft(request, *vault, *server, card, draft, record));
  } else {
    TRY_ASSIGN(sheet_confirmed, make_account(client, request, *vault, *server, card, record));
  }

  AccessKeyService access_keys(context_);
  TRY(access_keys.make_generation(*vault, true, *server, user));
  const auto registered = context_.enrolments.load(user);
  if (registered.ok()) refresh_server_list(context_, *server, server_group(*registered));
  (void)context_.audit.append(context_.clock.now(), "registered",
                              {{"user", user}, {"account", account}, {"card_id", to_hex(card.id())}});
  JsonObject json;
  json.set("user_id", to_hex(record.user_id)).set("account", account).set("card_id", to_hex(card.id()));
  json.set("computer_id", server->computer().text()).set("generation", 1);
  json.set("sheet_confirmed", sheet_confirmed);
  std::string message = client.voice().speak(
      "Registered. Secure mode is still off: run “cardea gate rehearse”, then “cardea gate on”.");
  if (!sheet_confirmed)
    message += " " + client.voice().speak("When the recovery sheet is on paper run “cardea sheet check”.");
  return OperationOutcome{std::move(message), std::move(json).text()};
}

Result<bool> RegistrationService::make_account(Conversation& client, const OperationRequest& request,
                                               worker::Vault& vault, ServerLink& server,
                                               const CardToEnrol& card, login::EnrolmentRecord& record) {
  TRY_ASSIGN(const worker::OpaqueRequests requests, vault.opaque_register_start(kStretchTimeout));
  TRY_ASSIGN(const auto started, upstream::start_registration(server.client(), record.account,
                                                              requests.request_a, requests.request_b));
  record.user_id = started.user.bytes();
  TRY(vault.set_identity(record.user_id, context_.device.computer_id, kCardTimeout));
  TRY_ASSIGN(
      const worker::OpaqueRecords opaque,
      vault.opaque_register_finish(started.opaque_a_response, started.opaque_b_response, kStretchTimeout));
  TRY(vault.root_create(kCardTimeout));
  TRY_ASSIGN(const worker::RecoveryKey recovery, vault.recovery_key_create(kCardTimeout));
  upstream::RegistrationFinish finish;
  TRY_ASSIGN(finish.card, prove_card(vault, card, started.user, recovery.recovery_public));
  TRY_ASSIGN(finish.holders,
             make_holders(vault, card, server.computer(), record.device_share, record.epoch, true));
  TRY_ASSIGN(finish.sheet_check, vault.sheet_check(kCardTimeout));
  finish.registration_id = started.registration_id;
  finish.opaque_a_record = opaque.record_a;
  finish.opaque_b_record = opaque.record_b;
  finish.question_seal = opaque.question_seal;
  finish.recovery_seal = recovery.recovery_seal;
  finish.recovery_public = recovery.recovery_public;
  finish.profile = to_bytes(as_bytes(request.argument("profile", "{}")));
  finish.device_spki = context_.device.key.spki();
  finish.computer_name = computer_name(context_, request);
  finish.computer_serial = request.argument("computer-serial");
  TRY(show_sheet(client, vault));
  TRY_ASSIGN(const bool sheet_confirmed, confirm_sheet(context_, client, vault, request));

  TRY(commit(vault, record, envelope_of(finish.holders, records::HolderKind::card),
             [&] { return upstream::finish_registration(server.client(), server.device(), finish); }));
  return sheet_confirmed;
}

Status RegistrationService::finish_draft(const OperationRequest& request, worker::Vault& vault,
                                         ServerLink& server, const CardToEnrol& card,
                                         const OpenedDraft& draft, login::EnrolmentRecord& record) {
  record.user_id = draft.user.bytes();
  TRY(vault.root_create(kCardTimeout));
  upstream::DraftFinish finish;
  finish.login_id = draft.login_id;
  finish.ke3 = draft.ke3;
  finish.account = record.account;
  finish.profile = to_bytes(as_bytes(request.argument("profile", "{}")));
  TRY_ASSIGN(finish.card, prove_card(vault, card, draft.user, draft.recovery_public));
  TRY_ASSIGN(finish.holders,
             make_holders(vault, card, server.computer(), record.device_share, record.epoch, true));
  finish.device_spki = context_.device.key.spki();
  finish.computer_name = computer_name(context_, request);
  finish.computer_serial = request.argument("computer-serial");
  const Status done = commit(vault, record, envelope_of(finish.holders, records::HolderKind::card), [&] {
    return upstream::finish_draft(server.client(), server.device(), finish);
  });
  if (done.ok() || done.error() != Error::account_exists) return done;
  return fail(
      Error::account_exists,
      text::tr("This account exists already. Take another name with --account: what you have prepared "
               "is still there, and your sheet is good for it."));
}

Status RegistrationService::commit(worker::Vault& vault, login::EnrolmentRecord& record, Bytes card_holder,
                                   const std::function<Result<upstream::Registered>()>& at_server) {
  TRY(context_.enrolments.add(record));
  const auto registered = at_server();
  if (!registered.ok()) {
    // Refused for good: nothing was made there, so nothing stays here. After a lost connection it may have
    // been made: the record stays, and `register --existing` goes on from it.
    const bool perhaps_made = registered.error() == Error::server_unreachable ||
                              registered.error() == Error::server_misbehaved ||
                              registered.error() == Error::timeout;
    if (!perhaps_made) (void)context_.enrolments.remove(record.local_user);
    if (registered.error() == Error::account_exists) {
      return fail(
          Error::account_exists,
          text::tr(
              "This account exists already. To add this computer to it run “cardea register --existing”."));
    }
    return registered.failure();
  }
  record.audit_length = registered->audit.length;
  record.audit_head = registered->audit.head;
  TRY(context_.enrolments.update(record.local_user, [&](login::EnrolmentRecord& changed) -> Status {
    changed.audit_length = record.audit_length;
    changed.audit_head = record.audit_head;
    if (registered->audit.checkpoint) changed.checkpoint_key = registered->audit.checkpoint->key;
    return {};
  }));
  return write_card_header(vault, record, std::move(card_holder));
}

}  // namespace cardea::recoveryd
