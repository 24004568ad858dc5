// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/card_choice.h"

#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

using login::CardState;

class CardChoice : public ServiceTest {
 protected:
  CardChoice() {
    record_.local_user = "ana";
    record_.device_share = random_.secret<32>();
  }
  void holds(const worker::CardView& card, CardState state) {
    record_.cards.push_back({*card.info.card_id, card.info.auth_spki, {}, card.info.label, "1", state});
  }
  Result<worker::CardView> fresh() { return fresh_card(context_, record_); }
  static std::string said(const Result<worker::CardView>& card) {
    return card.ok() ? "found " + card->info.label : card.failure().detail;
  }

  text::Voice voice_;
  login::EnrolmentRecord record_;
};

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

TEST_F(CardChoice, ANewCardBesideTheOldOne) {
  holds(worker_.insert("old", "1234"), CardState::active);
  worker_.insert("new", "1234");
  EXPECT_EQ(said(fresh()), "found new");
}

// An interrupted replacement has made keys on the card, and perhaps announced it: it is still the new one.
TEST_F(CardChoice, ACardOfAReplacementThatWasBrokenOffMayBeTriedAgain) {
  const worker::CardView card = worker_.insert("tried before", "1234");
  EXPECT_EQ(said(fresh()), "found tried before");
  holds(card, CardState::announced);
  EXPECT_EQ(said(fresh()), "found tried before");
}

TEST_F(CardChoice, AnEnrolledCardIsNoNewOne) {
  const worker::CardView card = worker_.insert("known", "1234");
  for (const CardState state : {CardState::active, CardState::suspended, CardState::revoked}) {
    record_.cards.clear();
    holds(card, state);
    const auto found = fresh();
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error(), Error::already_exists);
    EXPECT_NE(said(found).find("Put a new card in"), std::string::npos);
  }
}

TEST_F(CardChoice, TwoNewCardsAreOneTooMany) {
  worker_.insert("one", "1234");
  const worker::CardView other = worker_.insert("two", "1234");
  EXPECT_EQ(fresh().error(), Error::invalid_argument);
  worker_.remove(other.insertion);
  EXPECT_EQ(said(fresh()), "found one");
}

TEST_F(CardChoice, NoCardAndNoReaderServiceAreToldApart) {
  EXPECT_EQ(fresh().error(), Error::card_absent);
  worker_.set_service(worker::ReaderService::down);
  EXPECT_EQ(fresh().error(), Error::reader_service_down);
}

TEST_F(CardChoice, OnlyAnActiveCardIsTheOwnersOwn) {
  const worker::CardView card = worker_.insert("card", "1234");
  holds(card, CardState::suspended);
  EXPECT_EQ(own_card(context_, voice_, record_).error(), Error::card_revoked);
  for (const CardState state : {CardState::revoked, CardState::announced}) {
    record_.cards.clear();
    holds(card, state);
    EXPECT_EQ(own_card(context_, voice_, record_).error(), Error::card_foreign);
  }
  record_.cards.clear();
  holds(card, CardState::active);
  EXPECT_EQ(said(own_card(context_, voice_, record_)), "found card");
}

}  // namespace
}  // namespace cardea::recoveryd
