// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/login_run.h"

#include "core/access_key/typed_form.h"
#include "recoveryd/service/guest_service.h"
#include "recoveryd/service/spent_key.h"

namespace cardea::recoveryd {
namespace {

constexpr std::chrono::milliseconds kLeastCardTime{5000};

}  // namespace

LoginRun::LoginRun(Context& context, Conversation& client, login::EnrolmentRecord record,
                   login::LoginContext login, bool guest_is_new)
    : context_(context),
      client_(client),
      record_(std::move(record)),
      login_(std::move(login)),
      policy_(login::LoginPolicy::Settings{context.settings.max_offline_seconds, login_.language}),
      flow_(login_, record_, to_bytes(context.device.computer_id), context.random),
      guest_is_new_(guest_is_new) {}

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

login::Step LoginRun::carry_out(login::AskStep& step) {
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
  auto signature = context_.worker.login_sign(step.card_id, step.challenge, step.last_try_consent,
                                              std::move(reply_.channel), report, timeout);
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

login::Step LoginRun::carry_out(login::SpendKeyStep&) {
  const login::KeyOutcome outcome = spend_key();
  reply_ = Reply{};
  return flow_.key_spent(outcome, readers());
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
  if (Status counted = count_key_try(context_, record_.local_user, outcome.wait_seconds); !counted.ok()) {
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
  if (Status cleared = context_.throttle.succeeded(record_.local_user); !cleared.ok()) {
    context_.log.warning("the try counter could not be cleared", {{"user", record_.local_user}});
  }
  context_.memory.kept_keys.keep(record_.local_user, match->verifier.generation, match->root, true,
                                 context_.clock.monotonic());
  outcome.spent = login::SpentAccessKey{match->verifier.generation, match->index};
  return outcome;
}

login::Step LoginRun::carry_out(login::JudgeStep& step) {
  if (const auto* card = std::get_if<login::CardSignature>(&step.evidence);
      card != nullptr && record_.is_guest() && !guest_is_new_) {
    text::Voice& voice = client_.voice();
    if (const Status asked = GuestService(context_).ask_again(record_, card->card_id, voice); !asked.ok())
      return flow_.judged(login::Verdict::refused(asked.error(), voice.explain(asked.failure())), readers());
  }
  // The record as it stands on disk now: it may have been revoked while the PIN was typed.
  auto record = context_.enrolments.load(record_.local_user);
  if (!record.ok()) return flow_.judged(login::Verdict::refused(record.error(), {}), readers());
  record_ = std::move(*record);
  by_access_key_ = std::holds_alternative<login::SpentAccessKey>(step.evidence);
  return flow_.judged(policy_.decide(step.evidence, record_, context_.clock.now()), readers());
}

login::Step LoginRun::carry_out(login::FinishStep& step) {
  verdict_ = std::move(step.verdict);
  return step;
}

}  // namespace cardea::recoveryd
