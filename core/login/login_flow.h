// SPDX-License-Identifier: Apache-2.0
// The conversation of a login as a state machine: which question comes next, with which words. It has no I/O;
// recoveryd/service/login_service carries out each step and feeds the outcome back. The PAM module, the
// Windows tile and the tests all see the same flow. The verdict comes from LoginPolicy, never from here.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/random.h"
#include "core/card/card.h"
#include "core/login/login_policy.h"

namespace cardea::login {

struct LoginContext {
  std::string service, user, tty, requester;
  std::string attempt;          // unique text of this attempt, bound into the challenge
  bool remote = false;          // never touches the local reader
  bool one_field = false;       // exactly one hidden prompt, no messages, no second chance
  bool interactive = true;      // somebody can answer
  bool silent = false;          // say nothing that need not be said
  bool has_first_pass = false;  // the first answer comes from another module, not from a person
  bool announced = false;       // a greeter that hides the text of the first question: it is said beforehand
  bool tell_who_asks = false;   // sudo, polkit: name program, user and terminal first
  bool may_ask_agent = false;   // the person's ssh agent was offered, by a program that may offer it
  std::uint32_t wait_for_card_ms = 0;
  text::Language language;  // of whoever reads the questions
};

using card::PinState;

// What lies in the readers at this moment.
struct PresentCard {
  crypto::CardId card_id{};
  std::string label;
  PinState pin = PinState::ok;
  unsigned least_pin_length = 0, most_pin_length = 0;
  bool has_cardea_keys = false;
};
struct Readers {
  bool service_running = true;
  std::vector<PresentCard> cards;
};

// Steps the caller carries out.
struct AskStep {
  std::string purpose, notice, prompt;
};
struct WaitForCardStep {  // until the readers change, at most this long; then feed Readers
  std::uint32_t milliseconds = 0;
};
struct SignStep {  // the PIN is in the private channel: have the card sign `challenge`
  crypto::CardId card_id{};
  Bytes challenge;
  bool last_try_consent = false;
};
struct AskAgentStep {  // have one of the record's active cards sign `challenge` through the person's ssh
                       // agent
  Bytes challenge;
};
struct SpendKeyStep {};  // look at the typed access key: count, verify, make durable
struct JudgeStep {  // give this and the record as it now stands to LoginPolicy::decide, and feed the verdict
  Evidence evidence;
};
struct FinishStep {
  Verdict verdict;
};
using Step =
    std::variant<AskStep, WaitForCardStep, SignStep, AskAgentStep, SpendKeyStep, JudgeStep, FinishStep>;

// Outcomes fed back.
enum class Answered : std::uint8_t { pin, access_key, empty, refused };
struct SignOutcome {
  Error error = Error::internal;  // when there is no signature
  std::optional<Bytes> signature;
  int tries_left = -1;  // -1: not known
};
struct AgentOutcome {  // empty: no agent, no such card in it, refused, too late
  std::optional<crypto::CardId> card_id;
  Bytes signature;
};
struct KeyOutcome {
  Error error = Error::internal;  // when it was not accepted
  std::optional<SpentAccessKey> spent;
  int mistyped_group = 0;         // 1-based, for access_key_mistyped
  std::int64_t wait_seconds = 0;  // for throttled
  bool same_again = false;        // this very text was refused before: it was not looked at and not counted
};

class LoginFlow {
 public:
  // `record` must outlive the flow; `computer_id` goes into the challenge.
  LoginFlow(LoginContext context, const EnrolmentRecord& record, Bytes computer_id, Random& random);

  [[nodiscard]] Step start(const Readers& readers);
  [[nodiscard]] Step answered(Answered answer, const Readers& readers);
  [[nodiscard]] Step card_waited(const Readers& readers);
  [[nodiscard]] Step card_signed(SignOutcome outcome, const Readers& readers);
  [[nodiscard]] Step agent_asked(AgentOutcome outcome, const Readers& readers);
  [[nodiscard]] Step key_spent(const KeyOutcome& outcome, const Readers& readers);
  [[nodiscard]] Step judged(Verdict verdict, const Readers& readers);

 private:
  [[nodiscard]] Step begin_dialogue(const Readers& readers);
  [[nodiscard]] Step ask(const Readers& readers, std::string notice);
  [[nodiscard]] Step pin_typed(const Readers& readers);
  [[nodiscard]] Step nothing_typed(const Readers& readers);
  [[nodiscard]] Step failed(Error error, std::string notice, const Readers& readers, bool counts);
  [[nodiscard]] std::string say(std::string_view text) const;
  [[nodiscard]] const PresentCard* own_card(const Readers& readers) const;
  [[nodiscard]] bool foreign_card_only(const Readers& readers) const;
  [[nodiscard]] bool can_take_access_key() const {
    return record_.current.has_value() || record_.pending.has_value();
  }

  LoginContext context_;
  const EnrolmentRecord& record_;
  Bytes computer_id_;
  Random& random_;
  int failures_ = 0;  // wrong PINs, keys and cards in this conversation
  int rounds_ = 0;    // prompts shown
  bool last_try_shown_ = false;
  bool waited_ = false;
  Bytes challenge_;
  crypto::CardId signing_card_{};
  Error last_error_ = Error::card_absent;
  std::string last_notice_;
};

// A conversation ends after this many wrong answers, and after this many prompts whatever was answered.
inline constexpr int kMaxFailures = 3;
inline constexpr int kMaxRounds = 12;

}  // namespace cardea::login
