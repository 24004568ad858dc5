// SPDX-License-Identifier: Apache-2.0
#include "core/login/lockout.h"

#include <gtest/gtest.h>

namespace cardea::login {
namespace {

TEST(Lockout, FiveFreeThenThirtySecondsDoublingToAnHour) {
  ThrottleState state;
  UnixSeconds now = 1'800'000'000;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(wait_before_try(state, now), 0) << i;
    state = begin_try(state, now);
  }
  for (const std::int64_t expected : {30, 60, 120, 240, 480, 960, 1920, 3600, 3600}) {
    EXPECT_EQ(wait_before_try(state, now), expected);
    EXPECT_EQ(wait_before_try(state, now + expected - 1), 1);
    EXPECT_EQ(wait_before_try(state, now + expected), 0);
    now += expected;
    state = begin_try(state, now);
  }
}

TEST(Lockout, AClockSetBackNeverShortensAndNeverExceedsTheWait) {
  ThrottleState state{6, 1'800'000'000};
  EXPECT_EQ(wait_before_try(state, 1'700'000'000), 60);
  EXPECT_EQ(wait_before_try(state, INT64_MIN / 2), 60);
}

TEST(Lockout, TheCounterSaturates) {
  ThrottleState state{UINT32_MAX, 0};
  EXPECT_EQ(begin_try(state, 5).failures, UINT32_MAX);
  EXPECT_EQ(wait_before_try(ThrottleState{UINT32_MAX, 100}, 100), 3600);
}

}  // namespace
}  // namespace cardea::login
