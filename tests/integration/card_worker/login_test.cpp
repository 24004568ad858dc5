// SPDX-License-Identifier: Apache-2.0
// Logins, PIN states, storage and recovery steps on virtual cards of both kinds.
#include "tests/integration/card_worker/fixture.h"

namespace cardea::worker {
namespace {

class CardLogin : public ::testing::TestWithParam<Kind>, public WorkerWithCard {};
INSTANTIATE_TEST_SUITE_P(Cards, CardLogin, kAllKinds, kind_name);

TEST_P(CardLogin, SignsWithFewCommandsAndLeavesTheCardLocked) {
  const CardView card = enrol(GetParam());
  ASSERT_TRUE(card.info.has_cardea_keys);
  for (int round = 0; round < 3; ++round) {
    cards[0]->reset_counters();
    (void)worker->view();
    EXPECT_EQ(cards[0]->stat().apdus, 0U);  // nothing before the prompt
    const auto signature = login(card, "123456");
    const auto at_answer = cards[0]->stat().apdus;
    ASSERT_TRUE(signature.ok()) << signature.failure().detail;
    EXPECT_TRUE(verifies(card, *signature));
    EXPECT_EQ(report.state, card::PinState::ok);
    quiesce();
    const auto status = cards[0]->stat();
    EXPECT_FALSE(status.verified);
    RecordProperty("apdus_at_answer_round_" + std::to_string(round), static_cast<int>(at_answer));
    std::printf("round %d: at answer at most %d, in all %d\n", round, int(at_answer), int(status.apdus));
  }
}

}  // namespace
}  // namespace cardea::worker
