// SPDX-License-Identifier: Apache-2.0
// The guess budget (docs/spec/server-protocol.md, "Guess budget"): every evaluation of the OPRF is a guess at
// a password, so it is charged, durably, before the answer is made. Called by registration and login_service.
#pragma once

#include "server/service/policy.h"

namespace cardea::server {

// So many guesses close an account.
inline constexpr std::uint32_t kClosedGuesses = 30;

// 5 free, then one a minute, after 10 one an hour, at 30 closed.
GuessDecision decide_account_guess(const GuessCount& count, UnixSeconds now);
// `free` a day, then one a minute; never closed, because nobody could open a network again.
GuessDecision decide_prefix_guess(const GuessCount& count, UnixSeconds now, std::uint32_t free);

// The counters' names in the store.
std::string account_subject(std::string_view account);
std::string prefix_subject(std::string_view prefix);

class GuessBudget {
 public:
  GuessBudget(Store& store, const Policies& policies) : store_(store), policies_(policies) {}
  // Charges both, or neither. With an empty account only the prefix (registration).
  Result<GuessDecision> charge(std::string_view account, std::string_view prefix, UnixSeconds now);
  // The same for what is no account: `subject` is its counter in the store.
  Result<GuessDecision> charge_subject(std::string subject, std::string_view prefix, UnixSeconds now);

 private:
  Store& store_;
  const Policies& policies_;
};

}  // namespace cardea::server
