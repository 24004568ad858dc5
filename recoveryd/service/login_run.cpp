// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/login_run.h"

#include "core/access_key/typed_form.h"
#include "core/login/texts.h"
#include "recoveryd/agent_link/ssh_agent.h"
#include "recoveryd/service/accounts_database.h"
#include "recoveryd/service/guest_service.h"
#include "recoveryd/service/spent_key.h"

namespace cardea::recoveryd {
namespace {

constexpr std::chrono::milliseconds kLeastCardTime{5000};
// A person types his PIN at his own computer meanwhile. At most half of what is left, so that there is time
// for the dialogue when he does not.
constexpr std::chrono::seconds kMostAgentTime{30};

Deadline agent_deadline(Deadline conversation) {
  const auto now = std::chrono::steady_clock::now();
  return now + std::min<std::chrono::steady_clock::duration>((conversation - now) / 2, kMostAgentTime);
}

}  // namespace

LoginRun::LoginRun(Context& context, Conversation& client, login::EnrolmentRecord record,
                   login::LoginContext login, const Terms& terms)
    : context_(context),
      client_(client),
      record_(std::move(record)),
      login_(std::move(login)),
      policy_(login::LoginPolicy::Settings{context.settings.max_offline_seconds, login_.language}),
      flow_(login_, record_, to_bytes(context.device.computer_id), context.random),
      terms_(terms) {}

login::Readers LoginRun::readers() const {
  return login_.remote ? login::Readers{} : readers_of(context_.worker.view());
}

login::Verdict LoginRun::run() {
  login::Step step = flow_.start(readers());
  while (!verdict_.has_value()) {
    step = std::visit([this](auto& current) { return carry_out(current); }, step);
  }
  return std::move(*verdict_);
}

// What the person can't read in the question. With a first answer already there is nothing to ask.
void LoginRun::announce(const login::AskStep& step) {
  const bool first = !std::exchange(asked_before_, true);
  if (!first || !login_.announced || login_.has_first_pass) return;
  const std::string_view prompt = text::translate(login_.language, step.prompt);
  const std::size_t end = prompt.find_last_not_of(": ");
  std::string line(text::translate(login_.language, step.notice));
  if (!line.empty()) line += ' ';
  (void)client_.say(wire::SayLevel::information, line.append(prompt.substr(0, end + 1)));
}

login::Step LoginRun::carry_out(login::AskStep& step) {
  announce(step);
  Question question{step.purpose,         step.prompt,       step.notice,
                    wire::Route::by_form, wire::kMayBeEmpty, wire::kMaxAnswerBytes};
  auto reply = client_.ask(question);
  if (!reply.ok()) return login::FinishStep{login::Verdict::refused(reply.error(), {})};
  reply_ = std::move(*reply);
  switch (reply_.kind) {
    case wire::AnswerKind::text:
      return flow_.answered(login::Answered::access_key, readers());
    case wire::AnswerKind::in_private_channel:
      return flow_.answered(login::Answered::pin, readers());
    case wire::AnswerKind::empty:
      return flow_.answered(login::Answered::empty, readers());
    case wire::AnswerKind::refused:
      break;
  }
  return flow_.answered(login::Answered::refused, readers());
}

login::Step LoginRun::carry_out(login::WaitForCardStep& step) {
  const auto end = std::min(client_.deadline(),
                            std::chrono::steady_clock::now() + std::chrono::milliseconds(step.milliseconds));
  worker::ReaderView view = context_.worker.view();
  while (std::chrono::steady_clock::now() < end && !client_.client_gone()) {
    const bool known = std::any_of(view.cards.begin(), view.cards.end(), [&](const worker::CardView& card) {
      return card.info.card_id.has_value() && record_.find_card(*card.info.card_id) != nullptr;
    });
    if (known) break;
    // In short turns, so that a client that hangs up is noticed.
    view = context_.worker.wait_for_change(view.revision, std::chrono::milliseconds(500));
  }
  return flow_.card_waited(readers());
}

login::Step LoginRun::carry_out(login::SignStep& step) {
  card::PinReport report;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(client_.deadline() -
                                                                          std::chrono::steady_clock::now());
  // Past its time the worker is killed, and with it what others have open in it. So a client in a hurry gets
  // his own answer late rather than theirs never.
  const auto timeout = std::clamp<std::chrono::milliseconds>(left, kLeastCardTime, worker::kCardTimeout);
  keyring_ = terms_.wants_keyring ? KeyringService(context_).by_card(record_, step.card_id) : std::nullopt;
  const auto opening = keyring_ ? std::optional(keyring_->opening()) : std::nullopt;
  auto signature =
      context_.worker.login_sign(step.card_id, step.challenge, step.last_try_consent,
                                 std::move(reply_.channel), report, timeout, opening ? &*opening : nullptr);
  login::SignOutcome outcome;
  if (signature.ok()) {
    outcome.signature = std::move(*signature);
  } else {
    outcome.error = signature.error();
    context_.log.info("card did not sign", {{"user", login_.user},
                                            {"error", error_name(signature.error())},
                                            {"detail", signature.failure().detail}});
  }
  if (report.tries_left.has_value()) outcome.tries_left = *report.tries_left;
  return flow_.card_signed(std::move(outcome), readers());
}

login::Step LoginRun::carry_out(login::AskAgentStep& step) {
  auto socket = client_.borrow_agent();
  // Not the agent's fault but the client's: its next word would be no better.
  if (!socket.ok()) return login::FinishStep{login::Verdict::refused(socket.error(), {})};
  return flow_.agent_asked(ask_agent(std::move(*socket), step.challenge), readers());
}

login::AgentOutcome LoginRun::ask_agent(UniqueFd socket, ByteView challenge) {
  const auto note = [&](const Failure& failure) {
    context_.log.info("the ssh agent did not sign",
                      {{"user", login_.user}, {"error", error_name(failure.error)}});
    return login::AgentOutcome{};
  };
  auto owner = uid_of(login_.user);
  if (!owner.has_value() && context_.accounts != nullptr) owner = context_.accounts->uid_of(login_.user);
  if (!socket || !owner.has_value()) return note(fail(Error::not_found));
  auto agent = agent::SshAgent::take(std::move(socket), *owner);
  if (!agent.ok()) return note(agent.failure());
  if (!login_.silent) (void)client_.say(wire::SayLevel::information, login::texts::kAskingAgent);
  const Deadline deadline = agent_deadline(client_.deadline());
  const auto given_up = [this] { return client_.client_gone(); };
  for (const login::EnrolledCard& card : record_.cards) {
    if (card.state != login::CardState::active) continue;
    const auto key = crypto::PublicKey::from_spki(card.auth_spki);
    if (!key.ok()) return note(key.failure());
    auto signature = agent->sign(*key, challenge, deadline, given_up);
    if (signature.ok()) {
      context_.log.notice("a card has signed through the ssh agent",
                          {{"user", login_.user}, {"card", card.label}});
      return login::AgentOutcome{card.card_id, std::move(*signature)};
    }
    if (signature.error() != Error::not_found) return note(signature.failure());
  }
  return note(fail(Error::not_found));
}

login::Step LoginRun::carry_out(login::SpendKeyStep&) {
  // A program that answers every question with what its one field holds (ssh's “password”, a locker nobody
  // has put into one_field_services) would pay for one wrong key with several tries.
  const login::KeyOutcome outcome = is_the_same_again() ? refused_outcome_ : spend_key();
  if (outcome.error == Error::access_key_wrong || outcome.error == Error::access_key_mistyped) {
    refused_ = std::move(reply_.text);
    refused_outcome_ = outcome;
    refused_outcome_.same_again = true;
  }
  reply_ = Reply{};
  return flow_.key_spent(outcome, readers());
}

bool LoginRun::is_the_same_again() const {
  return !refused_.empty() && equal_constant_time(refused_.expose(), reply_.text.expose());
}

// docs/spec/enrolment-store.md, "Order of writes": the try is on disk before the key is looked at, and the
// used key is on disk before anybody is let in.
login::KeyOutcome LoginRun::spend_key() {
  login::KeyOutcome outcome;
  auto key = access_key::parse_access_key(reply_.text.expose());
  if (!key.ok()) {
    outcome.error = key.error();
    outcome.mistyped_group = access_key::mistyped_group(key.failure());
    return outcome;
  }
  if (Status counted = count_key_try(context_, record_.local_user, outcome.wait_seconds, terms_.origin);
      !counted.ok()) {
    outcome.error = counted.error();
    return outcome;
  }
  std::optional<access_key::AccessKeyMatch> match;
  auto stored = context_.enrolments.update(record_.local_user, [&](login::EnrolmentRecord& record) -> Status {
    TRY_ASSIGN(match, cardea::recoveryd::spend_key(context_, record, *key));
    return {};
  });
  if (!stored.ok()) {
    outcome.error = stored.error();
    return outcome;
  }
  record_ = std::move(*stored);
  if (Status cleared = context_.throttle.succeeded(record_.local_user, terms_.origin); !cleared.ok()) {
    context_.log.warning("the try counter could not be cleared", {{"user", record_.local_user}});
  }
  context_.memory.kept_keys.keep(record_.local_user, match->verifier.generation, match->root, true,
                                 context_.clock.monotonic());
  outcome.spent = login::SpentAccessKey{match->verifier.generation, match->index};
  return outcome;
}

login::Step LoginRun::carry_out(login::JudgeStep& step) {
  if (const auto* card = std::get_if<login::CardSignature>(&step.evidence);
      card != nullptr && record_.is_guest() && !terms_.guest_is_new) {
    text::Voice& voice = client_.voice();
    if (const Status asked = GuestService(context_).ask_again(record_, card->card_id, voice); !asked.ok())
      return flow_.judged(login::Verdict::refused(asked.error(), voice.explain(asked.failure())), readers());
  }
  // The record as it stands on disk now: it may have been revoked while the PIN was typed.
  auto record = context_.enrolments.load(record_.local_user);
  if (!record.ok()) return flow_.judged(login::Verdict::refused(record.error(), {}), readers());
  record_ = std::move(*record);
  by_access_key_ = std::holds_alternative<login::SpentAccessKey>(step.evidence);
  card_here_.reset();
  if (const auto* card = std::get_if<login::CardSignature>(&step.evidence)) card_here_ = card->card_id;
  return flow_.judged(policy_.decide(step.evidence, record_, context_.clock.now()), readers());
}

login::Step LoginRun::carry_out(login::FinishStep& step) {
  verdict_ = std::move(step.verdict);
  return step;
}

}  // namespace cardea::recoveryd
