// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/card_choice.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/fake_card_worker.h"

namespace cardea::recoveryd {
namespace {

using login::CardState;

class CardChoice : public testing::Test {
 protected:
  CardChoice() {
    record_.local_user = "ana";
    record_.device_share = random_.secret<32>();
  }
  void enrol(const worker::CardView& card, CardState state) {
    record_.cards.push_back({*card.info.card_id, card.info.auth_spki, {}, card.info.label, "1", state});
  }
  Result<worker::CardView> fresh() { return fresh_card(context_, record_); }
  static std::string said(const Result<worker::CardView>& card) {
    return card.ok() ? "found " + card->info.label : card.failure().detail;
  }

  SystemRandom random_;
  std::filesystem::path root_ = [] {
    char name[] = "/tmp/cardea-choice-XXXXXX";
    return std::filesystem::path(::mkdtemp(name));
  }();
  struct Remove {
    const std::filesystem::path& path;
    ~Remove() { std::filesystem::remove_all(path); }
  } remove_{root_};
  Settings settings_;
  FakeClock clock_;
  Log log_{"test"};
  StateDirectory directory_ = StateDirectory::open((root_ / "state").string()).value();
  DeviceIdentity device_ = DeviceIdentity::load_or_create(directory_, random_).value();
  AuditChain audit_ = AuditChain::open(directory_);
  EnrolmentStore enrolments_{directory_};
  ThrottleStore throttle_{directory_};
  GateSwitch gate_{directory_};
  LoginMemory memory_;
  test::FakeCardWorker worker_;
  Context context_{settings_, clock_, random_, log_,    device_, enrolments_,
                   throttle_, gate_,  audit_,  worker_, memory_, [] {}};
  text::Voice voice_;
  login::EnrolmentRecord record_;
};

TEST_F(CardChoice, ANewCardBesideTheOldOne) {
  enrol(worker_.insert("old", "1234"), CardState::active);
  worker_.insert("new", "1234");
  EXPECT_EQ(said(fresh()), "found new");
}

// An interrupted replacement has made keys on the card, and perhaps announced it: it is still the new one.
TEST_F(CardChoice, ACardOfAReplacementThatWasBrokenOffMayBeTriedAgain) {
  const worker::CardView card = worker_.insert("tried before", "1234");
  EXPECT_EQ(said(fresh()), "found tried before");
  enrol(card, CardState::announced);
  EXPECT_EQ(said(fresh()), "found tried before");
}

TEST_F(CardChoice, AnEnrolledCardIsNoNewOne) {
  const worker::CardView card = worker_.insert("known", "1234");
  for (const CardState state : {CardState::active, CardState::suspended, CardState::revoked}) {
    record_.cards.clear();
    enrol(card, state);
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
  enrol(card, CardState::suspended);
  EXPECT_EQ(own_card(context_, voice_, record_).error(), Error::card_revoked);
  for (const CardState state : {CardState::revoked, CardState::announced}) {
    record_.cards.clear();
    enrol(card, state);
    EXPECT_EQ(own_card(context_, voice_, record_).error(), Error::card_foreign);
  }
  record_.cards.clear();
  enrol(card, CardState::active);
  EXPECT_EQ(said(own_card(context_, voice_, record_)), "found card");
}

}  // namespace
}  // namespace cardea::recoveryd
