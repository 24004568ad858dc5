// SPDX-License-Identifier: Apache-2.0
#include "core/login/login_flow.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/login/login_challenge.h"
#include "core/login/texts.h"

namespace cardea::login {
namespace {

FinishStep finish(Error error, std::string message) { return {Verdict::refused(error, std::move(message))}; }

std::string joined(std::string_view first, std::string_view second) {
  std::string out(first);
  if (!first.empty() && !second.empty()) out.push_back(' ');
  return out.append(second);
}

// Faults of the machinery, not of the person: they never count as a wrong answer.
bool is_service_fault(Error error) {
  switch (error) {
    case Error::worker_down:
    case Error::reader_service_down:
    case Error::card_fault:
    case Error::card_busy:
    case Error::timeout:
    case Error::internal:
      return true;
    default:
      return false;
  }
}

}  // namespace

LoginFlow::LoginFlow(LoginContext context, const EnrolmentRecord& record, Bytes computer_id, Random& random)
    : context_(std::move(context)), record_(record), computer_id_(std::move(computer_id)), random_(random) {}

// A card of his that lies here is quicker than one at the other end of a line.
Step LoginFlow::start(const Readers& readers) {
  if (context_.may_ask_agent && own_card(readers) == nullptr) {
    challenge_ =
        make_agent_challenge(computer_id_, context_.user, context_.service, context_.attempt, random_);
    return AskAgentStep{challenge_};
  }
  return begin_dialogue(readers);
}

// Without a signature it is as if there were no agent: nothing is counted and nothing said.
Step LoginFlow::agent_asked(AgentOutcome outcome, const Readers& readers) {
  if (!outcome.card_id.has_value()) return begin_dialogue(readers);
  return JudgeStep{AgentSignature{{*outcome.card_id, challenge_, std::move(outcome.signature)}}};
}

Step LoginFlow::begin_dialogue(const Readers& readers) {
  if (!context_.interactive && !context_.has_first_pass) return finish(Error::cancelled, {});
  std::string notice;
  if (context_.tell_who_asks) {
    notice =
        texts::who_asks(context_.language, context_.service, context_.requester, context_.user, context_.tty);
  }
  return ask(readers, std::move(notice));
}

std::string LoginFlow::say(std::string_view text) const { return texts::say(context_.language, text); }

// The card of this user that lies in a reader; an active one before any other.
const PresentCard* LoginFlow::own_card(const Readers& readers) const {
  if (context_.remote) return nullptr;
  const PresentCard* found = nullptr;
  for (const PresentCard& card : readers.cards) {
    const EnrolledCard* enrolled = card.has_cardea_keys ? record_.find_card(card.card_id) : nullptr;
    if (enrolled == nullptr) continue;
    if (enrolled->state == CardState::active) return &card;
    found = &card;
  }
  return found;
}

bool LoginFlow::foreign_card_only(const Readers& readers) const {
  return !context_.remote && !readers.cards.empty() && own_card(readers) == nullptr;
}

Step LoginFlow::ask(const Readers& readers, std::string notice) {
  if (++rounds_ > kMaxRounds) return finish(last_error_, last_notice_);
  const std::string purpose = "pin-or-access-key";
  if (context_.remote) return AskStep{purpose, std::move(notice), say(texts::kAccessKey)};
  if (!readers.service_running && readers.cards.empty()) {
    return AskStep{purpose, joined(notice, say(texts::kReaderDown)), say(texts::kAccessKey)};
  }
  const PresentCard* card = own_card(readers);
  if (card == nullptr) {
    const std::string own = foreign_card_only(readers)
                                ? texts::not_this_users_card(context_.language, record_.local_user)
                                : std::string();
    if (notice != own) notice = joined(notice, own);
    return AskStep{purpose, std::move(notice), say(texts::kNoCard)};
  }
  if (card->pin == PinState::locked) {
    if (const std::string locked = say(texts::kPinLocked); notice != locked) notice = joined(notice, locked);
    return AskStep{purpose, std::move(notice), say(texts::kAccessKey)};
  }
  if (card->pin == PinState::last_try) {
    // The warning is part of the question, so that no greeter can drop it: who answers has seen it.
    const std::string last_try = say(texts::kLastTry);
    if (notice.find(last_try) == std::string::npos) notice = joined(notice, last_try);
    last_try_shown_ = !context_.one_field;
  }
  return AskStep{purpose, std::move(notice), texts::pin_for_card(context_.language, card->label)};
}

Step LoginFlow::answered(Answered answer, const Readers& readers) {
  switch (answer) {
    case Answered::refused:
      return finish(Error::cancelled, {});
    case Answered::empty:
      return nothing_typed(readers);
    case Answered::pin:
      return pin_typed(readers);
    case Answered::access_key:
      if (!can_take_access_key())
        return failed(Error::access_key_wrong, say(texts::kNoAccessKeys), readers, true);
      return SpendKeyStep{};
  }
  return finish(Error::internal, {});
}

Step LoginFlow::nothing_typed(const Readers& readers) {
  if (const PresentCard* card = own_card(readers); card != nullptr) {
    if (card->pin == PinState::locked) return finish(Error::pin_locked, say(texts::kPinLocked));
    // Enter was pressed after the card was put in, or by mistake: ask again, a bounded number of times.
    return context_.one_field ? Step(finish(Error::cancelled, {}))
                              : failed(Error::cancelled, {}, readers, false);
  }
  if (!waited_ && context_.wait_for_card_ms > 0 && !context_.remote && !context_.one_field) {
    waited_ = true;
    return WaitForCardStep{context_.wait_for_card_ms};
  }
  if (foreign_card_only(readers))
    return finish(Error::card_foreign, texts::not_this_users_card(context_.language, record_.local_user));
  if (!context_.remote && !readers.service_running)
    return finish(Error::reader_service_down, say(texts::kReaderDown));
  return finish(Error::card_absent, context_.remote ? say(texts::kRemote) : std::string());
}

Step LoginFlow::card_waited(const Readers& readers) {
  if (own_card(readers) != nullptr) return ask(readers, {});
  return nothing_typed(readers);
}

Step LoginFlow::pin_typed(const Readers& readers) {
  if (context_.remote) return failed(Error::remote_card_refused, say(texts::kRemote), readers, true);
  const PresentCard* card = own_card(readers);
  if (card == nullptr) {
    if (foreign_card_only(readers)) {
      return failed(Error::card_foreign, texts::not_this_users_card(context_.language, record_.local_user),
                    readers, true);
    }
    if (!readers.service_running) return failed(Error::reader_service_down, {}, readers, true);
    return failed(Error::card_absent, {}, readers, true);
  }
  if (card->pin == PinState::locked) return failed(Error::pin_locked, say(texts::kPinLocked), readers, true);
  const EnrolledCard* enrolled = record_.find_card(card->card_id);
  if (enrolled->state != CardState::active) {
    // A dead card never gets to see a PIN.
    return failed(Error::card_revoked, say(texts::why_closed(enrolled->state)), readers, true);
  }
  const bool typed_by_a_person = !(context_.has_first_pass && rounds_ == 1);
  const bool consent = last_try_shown_ && typed_by_a_person;
  if (card->pin == PinState::last_try && !consent) {
    return failed(Error::pin_last_try, say(texts::kLastTryGuarded), readers, true);
  }
  signing_card_ = card->card_id;
  challenge_ = make_login_challenge(computer_id_, context_.user, context_.service, context_.attempt, random_);
  return SignStep{card->card_id, challenge_, consent};
}

Step LoginFlow::card_signed(SignOutcome outcome, const Readers& readers) {
  if (outcome.signature.has_value()) {
    return JudgeStep{CardSignature{signing_card_, challenge_, std::move(*outcome.signature)}};
  }
  switch (outcome.error) {
    case Error::pin_wrong:
      return failed(Error::pin_wrong, texts::wrong_pin(context_.language, outcome.tries_left), readers, true);
    case Error::pin_locked:
      return failed(Error::pin_locked, say(texts::kPinLocked), readers, true);
    case Error::pin_last_try:
      return failed(Error::pin_last_try, say(texts::kLastTryGuarded), readers, true);
    case Error::pin_length: {
      const PresentCard* card = own_card(readers);
      std::string notice = card == nullptr ? std::string()
                                           : texts::pin_length(context_.language, card->least_pin_length,
                                                               card->most_pin_length);
      return failed(Error::pin_length, std::move(notice), readers, true);
    }
    case Error::card_removed:
    case Error::card_absent:
      return failed(Error::card_removed, say(texts::kCardPulled), readers, false);
    case Error::card_foreign:
      return failed(Error::card_foreign, texts::not_this_users_card(context_.language, record_.local_user),
                    readers, true);
    default:
      return failed(outcome.error, say(texts::kCardTrouble), readers, !is_service_fault(outcome.error));
  }
}

Step LoginFlow::key_spent(const KeyOutcome& outcome, const Readers& readers) {
  if (outcome.spent.has_value()) return JudgeStep{*outcome.spent};
  // To ask again would bring the same once more.
  if (outcome.same_again) {
    return finish(outcome.error, outcome.error == Error::access_key_mistyped
                                     ? texts::mistyped_group(context_.language, outcome.mistyped_group)
                                     : say(texts::kWrongKey));
  }
  switch (outcome.error) {
    case Error::access_key_mistyped:
      return failed(Error::access_key_mistyped,
                    texts::mistyped_group(context_.language, outcome.mistyped_group), readers, false);
    case Error::access_key_wrong:
      return failed(Error::access_key_wrong, say(texts::kWrongKey), readers, true);
    case Error::throttled:
      return finish(Error::throttled, texts::throttled(context_.language, outcome.wait_seconds));
    case Error::disk_full:
    case Error::io_failed:
      return failed(outcome.error, say(texts::kStoreUnwritable), readers, true);
    case Error::corrupted:
      return finish(Error::corrupted, say(texts::kStoreCorrupted));
    default:
      return finish(outcome.error, {});
  }
}

Step LoginFlow::judged(Verdict verdict, const Readers& readers) {
  if (verdict.decision != Decision::refused) return FinishStep{std::move(verdict)};
  return failed(verdict.error, std::move(verdict.message), readers, true);
}

// Another question with the reason in front of it, or the end.
Step LoginFlow::failed(Error error, std::string notice, const Readers& readers, bool counts) {
  last_error_ = error;
  last_notice_ = notice;
  if (counts) ++failures_;
  if (context_.one_field || failures_ >= kMaxFailures || (context_.has_first_pass && !context_.interactive)) {
    return finish(error, std::move(notice));
  }
  return ask(readers, std::move(notice));
}

}  // namespace cardea::login
