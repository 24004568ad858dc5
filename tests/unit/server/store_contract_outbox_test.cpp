// SPDX-License-Identifier: Apache-2.0
// The store's contract: messages to the organisation's own channels.
#include <mutex>
#include <set>
#include <thread>

#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

constexpr std::int64_t kDay = 24 * 3600;

class StoreContractOutbox : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    anna = registered("Anna");
  }
  std::optional<OutboxMessage> take(UnixSeconds now, std::int64_t lease = 60) {
    auto taken = store->take_message({now, now + lease});
    EXPECT_TRUE(taken.ok()) << taken.failure().detail;
    return taken.ok() ? std::move(*taken) : std::nullopt;
  }
  Result<Outcome<Card>> suspend(std::uint64_t version, std::optional<Once> once = {}) {
    SetCardState command;
    command.user = anna.user.id;
    command.card = anna.card.id;
    command.expected_version = version;
    command.state = CardState::suspended;
    command.reason = "lost";
    command.audit = {"card-state", api::Json::Object{{"state", "suspended"}, {"reason", "lost"}}};
    return store->set_card_state({kNow + 5, std::move(once), {}}, command);
  }
  RegisterUser anna;
};

TEST_P(StoreContractOutbox, AnEventAndItsMessageAreWrittenTogether) {
  ASSERT_TRUE(suspend(1).ok());
  reopen();
  const auto first = take(kNow + 10);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, "registered");
  EXPECT_EQ(first->account, "Anna");
  const auto second = take(kNow + 10);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->user, anna.user.id);
  EXPECT_EQ(second->sequence, 2u);
  EXPECT_EQ(second->time, kNow + 5);
  EXPECT_EQ(second->kind, "card-state");
  EXPECT_EQ(second->details, R"({"reason":"lost","state":"suspended"})");
  EXPECT_EQ(second->tries, 1u);
  EXPECT_FALSE(take(kNow + 10));
}

TEST_P(StoreContractOutbox, AChangeThatFailsTellsNothing) {
  EXPECT_EQ(suspend(7).error(), Error::precondition_failed);
  EXPECT_EQ(store->outbox_state()->waiting, 1u);
}

TEST_P(StoreContractOutbox, ARepeatedRequestTellsOnce) {
  const Once once{"user", "key", {}};
  ASSERT_TRUE(suspend(1, once).ok());
  EXPECT_TRUE(suspend(1, once)->repeated);
  EXPECT_EQ(store->outbox_state()->waiting, 2u);
}

TEST_P(StoreContractOutbox, WhatIsOfNoInterestIsNotTold) {
  ASSERT_TRUE(open_session(anna, random_id<SessionId>(), 1).ok());
  EXPECT_EQ(store->outbox_state()->waiting, 1u);
  EXPECT_FALSE(is_told_outside("session-opened"));
  EXPECT_TRUE(is_told_outside("access-key-issued"));
}

TEST_P(StoreContractOutbox, OneTakerHasItUntilItsTimeIsOver) {
  ASSERT_TRUE(take(kNow, 60));
  EXPECT_FALSE(take(kNow + 59));
  const auto again = take(kNow + 60);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->tries, 2u);
}

TEST_P(StoreContractOutbox, APostponedOneIsDueThenASettledOneNeverAgain) {
  ASSERT_TRUE(take(kNow));
  ASSERT_TRUE(store->postpone_message(anna.user.id, 1, kNow + 2).ok());
  EXPECT_FALSE(take(kNow + 1));
  ASSERT_TRUE(take(kNow + 2));
  ASSERT_TRUE(store->settle_message(anna.user.id, 1).ok());
  EXPECT_FALSE(take(kNow + kDay));
  EXPECT_EQ(store->outbox_state()->waiting, 0u);
  EXPECT_EQ(store->outbox_state()->oldest, 0);
  // Another taker was faster.
  EXPECT_TRUE(store->settle_message(anna.user.id, 1).ok());
  EXPECT_TRUE(store->postpone_message(anna.user.id, 1, kNow).ok());
  EXPECT_EQ(store->outbox_state()->waiting, 0u);
}

TEST_P(StoreContractOutbox, TheLongestDueComesFirst) {
  ASSERT_TRUE(take(kNow));
  ASSERT_TRUE(store->postpone_message(anna.user.id, 1, kNow + 100).ok());
  const RegisterUser berta = registered("berta");
  EXPECT_EQ(take(kNow + 200)->user, berta.user.id);
  EXPECT_EQ(take(kNow + 200)->user, anna.user.id);
  EXPECT_EQ(store->outbox_state()->oldest, kNow);
}

// A message that is told twice at once is a defect; one that is told again after a crash is not.
TEST_P(StoreContractOutbox, ManyTakersNeverGetTheSame) {
  constexpr int kUsers = 30;
  for (int i = 0; i < kUsers; ++i)
    (void)registered("user" + std::to_string(i));
  std::mutex mutex;
  std::multiset<std::string> taken;
  std::vector<std::thread> takers;
  for (int i = 0; i < 4; ++i) {
    takers.emplace_back([&] {
      for (;;) {
        const auto message = store->take_message({kNow, kNow + 60});
        // On PostgreSQL a change may be told to come again.
        if (!message.ok()) continue;
        if (!*message) return;
        const std::lock_guard lock(mutex);
        taken.insert((*message)->user.text());
      }
    });
  }
  for (auto& taker : takers)
    taker.join();
  EXPECT_EQ(taken.size(), kUsers + 1u);
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), kUsers + 1u);
}

TEST_P(StoreContractOutbox, NothingWaitsForEver) {
  ASSERT_TRUE(store->purge(kNow + 7 * kDay).ok());
  EXPECT_EQ(store->outbox_state()->waiting, 1u);
  ASSERT_TRUE(store->purge(kNow + 7 * kDay + 1).ok());
  EXPECT_EQ(store->outbox_state()->waiting, 0u);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractOutbox, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
