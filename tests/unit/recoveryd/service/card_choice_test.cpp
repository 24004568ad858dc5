// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/card_choice.h"

#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

using CardChoice = ServiceTest;

// A local user who is asked for the PIN of somebody else's card can spend its tries.
TEST_F(CardChoice, ACardEnrolledForSomebodyElseIsNeverTakenForANewOne) {
  const auto alices = worker_.insert("Alice's card", "1234");
  const auto alice = enrol("alice", alices);
  EXPECT_EQ(free_card(context_, "mallory").error(), Error::card_foreign);
  const auto mallory = enrol("mallory", worker_.insert("Mallory's card", "9999"));
  worker_.remove(2);
  EXPECT_EQ(fresh_card(context_, mallory).error(), Error::card_foreign);
  EXPECT_EQ(free_card(context_, "alice")->insertion, alices.insertion)
      << "the owner repairs his enrolment with it";
}

TEST_F(CardChoice, ANewCardIsFoundBesideTheCardsOfOthers) {
  enrol("alice", worker_.insert("Alice's card", "1234"));
  const auto mallory = enrol("mallory", worker_.insert("Mallory's card", "9999"));
  const auto fresh = worker_.insert("New card", "0000");
  EXPECT_EQ(fresh_card(context_, mallory)->insertion, fresh.insertion);
}

TEST_F(CardChoice, ADeadCardOfSomebodyMayBeUsedAgain) {
  auto card = worker_.insert("Old card", "1234");
  enrol("alice", card);
  ASSERT_TRUE(enrolments_
                  .update("alice",
                          [](login::EnrolmentRecord& record) -> Status {
                            record.cards[0].state = login::CardState::revoked;
                            return {};
                          })
                  .ok());
  EXPECT_EQ(free_card(context_, "bob")->insertion, card.insertion);
}

}  // namespace
}  // namespace cardea::recoveryd
