// SPDX-License-Identifier: Apache-2.0
#include "server/service/guess_budget.h"

#include <algorithm>

namespace cardea::server {
namespace {

constexpr std::uint32_t kFree = 5;
constexpr std::uint32_t kOnePerMinuteUntil = 10;
constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3600;

// A clock that was set back must not make anybody wait longer than the interval, nor forward shorten a count.
GuessDecision after_interval(const GuessCount& count, UnixSeconds now, std::int64_t interval) {
  const std::int64_t elapsed = std::max<std::int64_t>(0, now - count.last);
  if (elapsed >= interval) return {true, false, 0};
  return {false, false, interval - elapsed};
}

}  // namespace

GuessDecision decide_account_guess(const GuessCount& count, UnixSeconds now) {
  if (count.count < kFree) return {true, false, 0};
  if (count.count < kOnePerMinuteUntil) return after_interval(count, now, kMinute);
  if (count.count < kClosedGuesses) return after_interval(count, now, kHour);
  return {false, true, 0};
}

GuessDecision decide_prefix_guess(const GuessCount& count, UnixSeconds now, std::uint32_t free) {
  if (count.count < free) return {true, false, 0};
  return after_interval(count, now, kMinute);
}

std::string account_subject(std::string_view account) {
  std::string subject = "account:";
  for (const char c : account)
    subject.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
  return subject;
}

std::string prefix_subject(std::string_view prefix) { return "prefix:" + std::string(prefix); }

Result<GuessDecision> GuessBudget::charge(std::string_view account, std::string_view prefix,
                                          UnixSeconds now) {
  return charge_subject(account.empty() ? std::string() : account_subject(account), prefix, now);
}

Result<GuessDecision> GuessBudget::charge_subject(std::string subject, std::string_view prefix,
                                                  UnixSeconds now) {
  ChargeGuess command;
  command.now = now;
  if (!subject.empty()) command.subjects.push_back({std::move(subject), decide_account_guess});
  TRY_ASSIGN(const std::uint32_t free, policies_.number(Policy::guesses_per_prefix));
  command.subjects.push_back({prefix_subject(prefix), [free](const GuessCount& count, UnixSeconds at) {
                                return decide_prefix_guess(count, at, free);
                              }});
  return store_.charge_guess(command);
}

}  // namespace cardea::server
