// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/removal_watch.h"

#include <fcntl.h>

#include "core/base/linux/program_end.h"
#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

using worker::ReaderService;

class Recorded final : public SessionControl {
 public:
  Result<std::string_view> lock(const BoundSession& session) override { return note("lock", session); }
  Result<std::string_view> logout(const BoundSession& session) override { return note("logout", session); }
  std::vector<std::string> taken() { return std::exchange(done_, {}); }
  std::optional<Error> failure;

 private:
  Result<std::string_view> note(const std::string& what, const BoundSession& session) {
    done_.push_back(what + " " + session.user + " " + session.tty);
    if (failure.has_value()) return *failure;
    return std::string_view("done");
  }
  std::vector<std::string> done_;
};

using Done = std::vector<std::string>;

class CardRemoval : public ServiceTest {
 protected:
  CardRemoval() { settings_.removal = RemovalPolicy::lock; }

  // The program that has opened it runs until the returned end of its line is closed.
  UniqueFd bind(const std::string& user, const worker::CardView& card, const std::string& tty = "tty1",
                pid_t program = 100) {
    int line[2] = {-1, -1};
    EXPECT_EQ(::pipe2(line, O_CLOEXEC), 0);
    BoundSession session{user, "login", tty, 1000, *card.info.card_id, program, UniqueFd(line[0])};
    EXPECT_TRUE(watch_.bind(std::move(session)).ok());
    return UniqueFd(line[1]);
  }
  std::optional<MonotonicMillis> look() { return watch_.look(worker_.view()); }
  Done after(std::int64_t seconds) {
    clock_.advance(seconds);
    look();
    return control_.taken();
  }

  Recorded control_;
  RemovalWatch watch_{context_, control_};
  const worker::CardView card_ = worker_.insert("Alice's card", "1234");
};

TEST_F(CardRemoval, LocksWhenTheCardIsGoneForLongerThanTheGrace) {
  const UniqueFd program = bind("alice", card_);
  EXPECT_FALSE(look().has_value()) << "nothing is due while the card is there";
  worker_.remove(card_.insertion);
  EXPECT_EQ(look(), clock_.monotonic() + 2000);
  EXPECT_EQ(after(1), Done{});
  EXPECT_EQ(after(1), Done{"lock alice tty1"});
  EXPECT_EQ(after(3600), Done{}) << "once for each removal";
}

TEST_F(CardRemoval, LogsOutWhereThePolicySaysSo) {
  settings_.removal = RemovalPolicy::logout;
  const UniqueFd program = bind("alice", card_);
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(2), Done{"logout alice tty1"});
}

TEST_F(CardRemoval, WithoutGraceItIsDoneAtTheFirstLook) {
  settings_.removal_grace_seconds = 0;
  const UniqueFd program = bind("alice", card_);
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(0), Done{"lock alice tty1"});
}

TEST_F(CardRemoval, ACardThatIsBackWithinTheGraceWasNotRemoved) {
  const UniqueFd program = bind("alice", card_);
  worker_.remove(card_.insertion);
  look();
  clock_.advance(1);
  worker_.put_back(card_);
  EXPECT_EQ(after(0), Done{});
  EXPECT_EQ(after(10), Done{});
  worker_.remove(worker_.view().cards.at(0).insertion);
  look();
  EXPECT_EQ(after(1), Done{}) << "the grace begins anew";
  EXPECT_EQ(after(1), Done{"lock alice tty1"});
}

TEST_F(CardRemoval, PulledAgainAfterTheReturnItLocksAgain) {
  const UniqueFd program = bind("alice", card_);
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(2), Done{"lock alice tty1"});
  worker_.put_back(card_);
  EXPECT_EQ(after(1), Done{});
  worker_.remove(worker_.view().cards.at(0).insertion);
  look();
  EXPECT_EQ(after(2), Done{"lock alice tty1"});
}

TEST_F(CardRemoval, PulledBeforeTheSessionOpenedCounts) {
  worker_.remove(card_.insertion);
  const UniqueFd program = bind("alice", card_);
  look();
  EXPECT_EQ(after(2), Done{"lock alice tty1"});
}

TEST_F(CardRemoval, AServiceThatIsAwayIsNoRemoval) {
  for (const ReaderService away : {ReaderService::down, ReaderService::starting}) {
    const UniqueFd program = bind("alice", card_);
    look();
    worker_.set_service(away);
    EXPECT_EQ(after(60), Done{});
    const worker::CardView card = worker_.view().cards.at(0);
    worker_.remove(card.insertion);
    worker_.set_service(ReaderService::up);
    EXPECT_EQ(after(0), Done{});
    EXPECT_EQ(after(60), Done{}) << "readers come back one after another";
    worker_.put_back(card);
    EXPECT_EQ(after(0), Done{});
    const worker::CardView again = worker_.view().cards.at(0);
    worker_.remove(again.insertion);
    look();
    EXPECT_EQ(after(2), Done{"lock alice tty1"}) << "but once it was seen it counts";
    worker_.put_back(again);
  }
}

// The worker has ended and begun again between two looks: the view that said so was never seen.
TEST_F(CardRemoval, AnInterruptionThatNobodySawIsNoRemovalEither) {
  const UniqueFd program = bind("alice", card_);
  look();
  worker_.set_service(ReaderService::starting);
  worker_.remove(card_.insertion);
  worker_.set_service(ReaderService::up);
  look();
  EXPECT_EQ(after(60), Done{});
}

TEST_F(CardRemoval, AServiceThatGoesWithinTheGraceTakesTheRemovalBack) {
  const UniqueFd program = bind("alice", card_);
  worker_.remove(card_.insertion);
  look();
  worker_.set_service(ReaderService::down);
  EXPECT_EQ(after(60), Done{});
  worker_.set_service(ReaderService::up);
  EXPECT_EQ(after(60), Done{});
}

TEST_F(CardRemoval, SomebodyElsesCardDecidesNothing) {
  const worker::CardView other = worker_.insert("Bob's card", "5678");
  const UniqueFd program = bind("alice", card_);
  look();
  worker_.remove(other.insertion);
  look();
  EXPECT_EQ(after(60), Done{});
  const worker::CardView another = worker_.insert("Bob's card", "5678");
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(2), Done{"lock alice tty1"}) << "nor does it stand in for hers";
}

TEST_F(CardRemoval, OnlyTheSessionsOfThisCard) {
  const worker::CardView other = worker_.insert("Bob's card", "5678");
  const UniqueFd first = bind("alice", card_, "tty1", 100);
  const UniqueFd second = bind("alice", card_, "tty2", 101);
  const UniqueFd bobs = bind("bob", other, "tty3", 102);
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(2), (Done{"lock alice tty1", "lock alice tty2"}));
}

// After a wrong PIN the worker binds the card anew, and for a moment knows nothing of it.
TEST_F(CardRemoval, ACardThatCantBeReadForAMomentIsStillThere) {
  const UniqueFd program = bind("alice", card_);
  look();
  worker::ReaderView view = worker_.view();
  view.cards.at(0).problem = Error::card_removed;
  view.cards.at(0).info = {};
  EXPECT_FALSE(watch_.look(view).has_value());
  view.cards.at(0).insertion += 1000;  // another one, that can't be read either
  EXPECT_TRUE(watch_.look(view).has_value());
}

TEST_F(CardRemoval, AClosedSessionAndAnEndedProgramAreForgotten) {
  const UniqueFd first = bind("alice", card_, "tty1", 100);
  UniqueFd second = bind("alice", card_, "tty2", 101);
  watch_.release("bob", "login", "tty1", 100);
  EXPECT_EQ(watch_.size(), 2U) << "of another user";
  watch_.release("alice", "login", "tty1", 100);
  EXPECT_EQ(watch_.size(), 1U);
  second.reset();
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(2), Done{});
  EXPECT_EQ(watch_.size(), 0U);
}

TEST_F(CardRemoval, ClosedByAnotherProgramTheTerminalTells) {
  const UniqueFd first = bind("alice", card_, "tty1", 100);
  const UniqueFd second = bind("alice", card_, "tty2", 101);
  watch_.release("alice", "login", "tty2", 555);
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(2), Done{"lock alice tty1"});
}

TEST_F(CardRemoval, WhatFailsIsTriedAgainAndThenGivenUp) {
  control_.failure = Error::service_unreachable;
  const UniqueFd program = bind("alice", card_);
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(2), Done{"lock alice tty1"});
  EXPECT_EQ(after(4), Done{});
  EXPECT_EQ(after(1), Done{"lock alice tty1"});
  EXPECT_EQ(after(5), Done{"lock alice tty1"});
  EXPECT_EQ(after(600), Done{});
}

TEST_F(CardRemoval, ASessionThatIsNotThereIsNotTriedAgain) {
  control_.failure = Error::not_found;
  const UniqueFd program = bind("alice", card_);
  worker_.remove(card_.insertion);
  look();
  EXPECT_EQ(after(2), Done{"lock alice tty1"});
  EXPECT_EQ(after(600), Done{});
}

TEST_F(CardRemoval, MoreSessionsThanItsLimitAreNotBound) {
  std::vector<UniqueFd> programs;
  for (int i = 0; i < 256; ++i)
    programs.push_back(bind("alice", card_, "tty1", 100 + i));
  int line[2] = {-1, -1};
  ASSERT_EQ(::pipe2(line, O_CLOEXEC), 0);
  const UniqueFd program(line[1]);
  BoundSession one_more{"alice", "login", "tty9", 1000, *card_.info.card_id, 9, UniqueFd(line[0])};
  EXPECT_EQ(watch_.bind(std::move(one_more)).error(), Error::limit_exceeded);
  programs.pop_back();
  EXPECT_EQ(watch_.size(), 256U) << "noticed when there is need";
}

TEST_F(CardRemoval, TheThreadLooksAndEnds) {
  settings_.removal_grace_seconds = 0;
  const UniqueFd program = bind("alice", card_);
  const std::uint64_t before = audit_.length();
  watch_.start();
  worker_.remove(card_.insertion);
  for (worker::ReaderView view = worker_.view(); audit_.length() == before;)
    view = worker_.wait_for_change(view.revision, worker::Timeout(10));
  watch_.stop();
  EXPECT_EQ(control_.taken(), Done{"lock alice tty1"});
}

// LoginMemory: which card has let in through which program.
TEST(CardLogins, AreTakenOnceByTheSameProgramForTheSameUserAndService) {
  LoginMemory memory;
  const card::CardId card{1};
  const auto granted = [&] { memory.granted_by_card(7, {"alice", "login", card, 0}); };
  granted();
  EXPECT_EQ(memory.take_card_login(8, "alice", "login", 1), std::nullopt);
  EXPECT_EQ(memory.take_card_login(7, "alice", "login", 1), card);
  EXPECT_EQ(memory.take_card_login(7, "alice", "login", 1), std::nullopt);
  granted();
  EXPECT_EQ(memory.take_card_login(7, "bob", "login", 1), std::nullopt);
  granted();
  EXPECT_EQ(memory.take_card_login(7, "alice", "sudo", 1), std::nullopt);
  granted();
  EXPECT_EQ(memory.take_card_login(7, "alice", "login", 300'001), std::nullopt);
}

}  // namespace
}  // namespace cardea::recoveryd
