// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/start_sentinel.h"

#include <gtest/gtest.h>

namespace cardea::credprov {
namespace {

class MemoryStore final : public SentinelStore {
 public:
  std::uint32_t starts_pending() noexcept override { return pending; }
  UnixSeconds last_start() noexcept override { return last; }
  void store(std::uint32_t starts_pending, UnixSeconds last_start) noexcept override {
    if (read_only) return;
    pending = starts_pending;
    last = last_start;
  }
  std::uint32_t pending = 0;
  UnixSeconds last = 0;
  bool read_only = false;
};

class StartSentinel : public testing::Test {
 protected:
  void fail_to_start(std::uint32_t times) {
    for (std::uint32_t i = 0; i < times; ++i)
      EXPECT_TRUE(begin_start(store, clock)) << i;
  }
  MemoryStore store;
  FakeClock clock;
};

TEST_F(StartSentinel, StandsDownAfterTooManyFailedStarts) {
  fail_to_start(kMaxStartsPending);
  EXPECT_TRUE(stands_down(store, clock));
  EXPECT_FALSE(begin_start(store, clock));
  EXPECT_EQ(store.pending, kMaxStartsPending);
}

TEST_F(StartSentinel, OneGoodStartForgivesAll) {
  fail_to_start(kMaxStartsPending - 1);
  start_succeeded(store, clock);
  EXPECT_EQ(store.pending, 0u);
  fail_to_start(kMaxStartsPending);
  EXPECT_FALSE(begin_start(store, clock));
}

TEST_F(StartSentinel, TriesAgainOnceAnHour) {
  fail_to_start(kMaxStartsPending);
  clock.advance(kTryAgainSeconds - 1);
  EXPECT_FALSE(begin_start(store, clock));
  clock.advance(1);
  EXPECT_TRUE(begin_start(store, clock));
  EXPECT_FALSE(begin_start(store, clock));  // it failed again
  clock.advance(kTryAgainSeconds);
  EXPECT_TRUE(begin_start(store, clock));
  start_succeeded(store, clock);
  EXPECT_FALSE(stands_down(store, clock));
}

TEST_F(StartSentinel, AnAdministratorsZeroCounts) {
  fail_to_start(kMaxStartsPending);
  store.pending = 0;
  EXPECT_TRUE(begin_start(store, clock));
}

TEST_F(StartSentinel, AClockThatWasSetBackKeepsNobodyOut) {
  fail_to_start(kMaxStartsPending);
  clock.set_wall(clock.now() - 86'400);
  EXPECT_TRUE(begin_start(store, clock));
}

TEST_F(StartSentinel, OddValuesAndAReadOnlyStore) {
  store.pending = 0xFFFFFFFF;
  store.last = clock.now();
  EXPECT_FALSE(begin_start(store, clock));
  clock.advance(kTryAgainSeconds);
  EXPECT_TRUE(begin_start(store, clock));
  EXPECT_EQ(store.pending, kMaxStartsPending);
  store = {};
  store.read_only = true;
  fail_to_start(10);
}

}  // namespace
}  // namespace cardea::credprov
