// SPDX-License-Identifier: Apache-2.0
#include "server/service/guess_budget.h"

#include <gtest/gtest.h>

namespace cardea::server {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;

GuessDecision account(std::uint32_t count, std::int64_t seconds_ago) {
  return decide_account_guess({count, kNow - seconds_ago}, kNow);
}

TEST(GuessBudget, FiveAreFree) {
  for (std::uint32_t count = 0; count < 5; ++count)
    EXPECT_TRUE(account(count, 0).allowed) << count;
  EXPECT_FALSE(account(5, 0).allowed);
}

TEST(GuessBudget, ThenOneAMinuteThenOneAnHour) {
  for (std::uint32_t count = 5; count < 10; ++count) {
    EXPECT_EQ(account(count, 0).wait_seconds, 60);
    EXPECT_EQ(account(count, 59).wait_seconds, 1);
    EXPECT_TRUE(account(count, 60).allowed);
  }
  for (std::uint32_t count = 10; count < 30; ++count) {
    EXPECT_EQ(account(count, 60).wait_seconds, 3540);
    EXPECT_TRUE(account(count, 3600).allowed);
  }
}

TEST(GuessBudget, AtThirtyItIsClosedForGood) {
  EXPECT_TRUE(account(30, 1'000'000'000).closed);
  EXPECT_FALSE(account(30, 1'000'000'000).allowed);
  EXPECT_FALSE(account(4'000'000'000u, 0).allowed);
}

TEST(GuessBudget, AClockThatWasSetBackWaitsNoLongerThanTheInterval) {
  EXPECT_EQ(account(5, -100'000).wait_seconds, 60);
  EXPECT_EQ(account(10, -100'000).wait_seconds, 3600);
}

TEST(GuessBudget, ANetworkIsNeverClosed) {
  EXPECT_TRUE(decide_prefix_guess({49, kNow}, kNow, 50).allowed);
  EXPECT_EQ(decide_prefix_guess({50, kNow}, kNow, 50).wait_seconds, 60);
  EXPECT_TRUE(decide_prefix_guess({5000, kNow - 60}, kNow, 50).allowed);
  EXPECT_FALSE(decide_prefix_guess({5000, kNow}, kNow, 50).closed);
}

TEST(GuessBudget, SubjectsAreWithoutCaseAndApart) {
  EXPECT_EQ(account_subject("AnnA"), account_subject("anna"));
  EXPECT_NE(account_subject("x"), prefix_subject("x"));
}

}  // namespace
}  // namespace cardea::server
