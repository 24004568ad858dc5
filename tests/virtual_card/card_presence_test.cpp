// SPDX-License-Identifier: Apache-2.0
// Cards that come, go, are pulled in the middle of something, and readers whose service dies.
#include <chrono>

#include "tests/virtual_card/card_fixture.h"
#include "tests/virtual_card/state_file.h"

namespace cardea::virtual_card {
namespace {

using std::chrono::steady_clock;

constexpr std::uint8_t kEcId = 2;
const Bytes kDigest(32, 0x33);

class CardPresenceTest : public EachCardTest {
 protected:
  void put_in_with_key() {
    put_in(GetParam());
    Pkcs11Library library(kOpenScModule);
    Pkcs11Session session(library, slot(library));
    ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
    ASSERT_EQ(session.generate_p256(kEcId), CKR_OK);
  }
  CK_RV login_and_sign(unsigned in_slot = 0) {
    Pkcs11Library library(kOpenScModule);
    Pkcs11Session session(library, library.slot_of(PcscWorld::reader_name(in_slot)));
    const CK_RV logged_in = session.login(secrets_.pin);
    Bytes signature;
    return logged_in != CKR_OK
               ? logged_in
               : session.sign(session.find_key(CKO_PRIVATE_KEY, kEcId), CKM_ECDSA, kDigest, signature);
  }
};

TEST_P(CardPresenceTest, EjectAndInsertAreSeenByPcscd) {
  put_in_with_key();
  card_->eject();
  EXPECT_TRUE(world_->wait_for_card(0, false));
  EXPECT_FALSE(card_->stat().inserted);
  card_->insert();
  EXPECT_TRUE(world_->wait_for_card(0, true));
  EXPECT_EQ(login_and_sign(), CKR_OK);
}

TEST_P(CardPresenceTest, AbsentCardComesLater) {
  card_.emplace(VirtualCard::Options{directory_ / "card", GetParam(), 0, {}, {}, true});
  EXPECT_FALSE(card_->stat().inserted);
  EXPECT_TRUE(world_->wait_for_card(0, false));
  card_->insert();
  EXPECT_TRUE(world_->wait_for_card(0, true));
}

TEST_P(CardPresenceTest, SecretsAreForgottenWithThePower) {
  put_in_with_key();
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  EXPECT_TRUE(card_->stat().verified);
  card_->eject();
  EXPECT_FALSE(card_->stat().verified);
  card_->insert();
  EXPECT_FALSE(card_->stat().verified);
}

// Whatever command the card is pulled at, it comes back with either the old or the new content of each file.
TEST_P(CardPresenceTest, YankDuringAWriteFailsAndCorruptsNothing) {
  put_in_with_key();
  const Bytes record(600, 0x42);
  {
    Pkcs11Library library(kOpenScModule);
    Pkcs11Session session(library, slot(library));
    ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
    ASSERT_EQ(session.create_data("cardea00", record), CKR_OK);
  }
  for (const unsigned at : {1U, 3U, 6U}) {
    Pkcs11Library library(kOpenScModule);
    Pkcs11Session session(library, slot(library));
    ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
    card_->yank_at(at);
    EXPECT_NE(session.create_data("cardea01", Bytes(600, 0x77)), CKR_OK) << at;
    EXPECT_FALSE(card_->stat().inserted);
    EXPECT_TRUE(load_state(card_->state_file()).ok());
    EXPECT_TRUE(world_->wait_for_card(0, false));
    card_->insert();
    ASSERT_TRUE(world_->wait_for_card(0, true));
  }
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  Bytes read;
  ASSERT_EQ(session.read_data("cardea00", read), CKR_OK);
  EXPECT_EQ(read, record);
}

TEST_P(CardPresenceTest, YankDuringSigningFailsAndTheNextLoginWorks) {
  put_in_with_key();
  {
    Pkcs11Library library(kOpenScModule);
    Pkcs11Session session(library, slot(library));
    ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
    const CK_OBJECT_HANDLE key = session.find_key(CKO_PRIVATE_KEY, kEcId);
    card_->yank_at(1);
    Bytes signature;
    EXPECT_NE(session.sign(key, CKM_ECDSA, kDigest, signature), CKR_OK);
  }
  EXPECT_TRUE(world_->wait_for_card(0, false));
  card_->insert();
  ASSERT_TRUE(world_->wait_for_card(0, true));
  EXPECT_EQ(login_and_sign(), CKR_OK);
}

// The command is carried out and only its answer is lost: a wrong PIN has cost its try.
TEST_P(CardPresenceTest, LostAnswerHasHadItsEffect) {
  put_in_with_key();
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  (void)session.find_key(CKO_PUBLIC_KEY, kEcId);
  card_->yank_after(1);
  EXPECT_NE(session.login("999999"), CKR_OK);
  const CardState state = load_state(card_->state_file()).value();
  EXPECT_EQ(state.pins.begin()->second.tries_left, 2);
}

TEST_P(CardPresenceTest, CardMovesToAnotherReaderAndProcess) {
  put_in_with_key();
  const std::string serial = card_->stat().serial;
  card_->quit();
  ASSERT_TRUE(world_->wait_for_card(0, false));
  card_.emplace(
      VirtualCard::Options{directory_ / "card", CardKind::myeid, 1});  // the file decides what it is
  ASSERT_TRUE(world_->wait_for_card(1, true));
  EXPECT_EQ(card_->stat().serial, serial);
  EXPECT_EQ(card_->stat().personality, kind_name(GetParam()));
  EXPECT_EQ(login_and_sign(1), CKR_OK);
}

TEST_P(CardPresenceTest, KilledCardProcessLosesNothing) {
  put_in_with_key();
  card_->process().kill9();
  ASSERT_TRUE(world_->wait_for_card(0, false));
  card_.emplace(VirtualCard::Options{directory_ / "card", GetParam(), 0});
  ASSERT_TRUE(world_->wait_for_card(0, true));
  EXPECT_EQ(login_and_sign(), CKR_OK);
}

TEST_P(CardPresenceTest, PcscdKilledAndRestarted) {
  put_in_with_key();
  Pkcs11Library library(kOpenScModule);
  world_->kill9();
  world_->restart();
  ASSERT_TRUE(world_->wait_for_card(0, true));
  library.reinitialize();  // OpenSC does not recover without
  Pkcs11Session session(library, slot(library));
  EXPECT_EQ(session.login(secrets_.pin), CKR_OK);
}

TEST_P(CardPresenceTest, DelaySlowsEachCommand) {
  put_in_with_key();
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  card_->reset_counters();
  card_->delay(30);
  const auto begin = steady_clock::now();
  EXPECT_EQ(session.login(secrets_.pin), CKR_OK);
  const auto took = steady_clock::now() - begin;
  const std::uint64_t commands = card_->stat().apdus;
  EXPECT_GT(commands, 0U);
  EXPECT_GE(took, std::chrono::milliseconds(30 * commands));
}

TEST_P(CardPresenceTest, ForcedStatusReplacesTheAnswer) {
  put_in_with_key();
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  const CK_OBJECT_HANDLE key = session.find_key(CKO_PRIVATE_KEY, kEcId);
  const std::uint8_t instruction = GetParam() == CardKind::myeid ? 0x2a : 0x68;
  card_->force(instruction, 0x6f00, 2);  // OpenSC tries a failed operation of a SmartCard-HSM twice
  Bytes signature;
  EXPECT_EQ(session.sign(key, CKM_ECDSA, kDigest, signature), CKR_GENERAL_ERROR);
  card_->force(instruction, 0, 0);
  EXPECT_EQ(session.sign(key, CKM_ECDSA, kDigest, signature), CKR_OK);
}

CARDEA_EACH_CARD(CardPresenceTest);

class TwoCardsTest : public CardTest {};

TEST_F(TwoCardsTest, WorkSideBySide) {
  VirtualCard first({directory_ / "first", CardKind::myeid, 0});
  VirtualCard second({directory_ / "second", CardKind::sc_hsm, 1});
  ASSERT_TRUE(world_->wait_for_card(0, true));
  ASSERT_TRUE(world_->wait_for_card(1, true));
  test_support::provision_myeid(0, secrets_);
  test_support::provision_sc_hsm(1, secrets_);
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session one(library, library.slot_of(PcscWorld::reader_name(0)));
  Pkcs11Session two(library, library.slot_of(PcscWorld::reader_name(1)));
  EXPECT_EQ(one.login(secrets_.pin), CKR_OK);
  EXPECT_EQ(two.login("999999"), CKR_PIN_INCORRECT);
  EXPECT_EQ(first.stat().pin_tries, 3U);
  EXPECT_EQ(second.stat().pin_tries, 2U);
}

TEST_F(TwoCardsTest, OneReaderTakesAnotherCard) {
  put_in(CardKind::myeid);
  const std::string serial = card_->stat().serial;
  {
    VirtualCard other({directory_ / "other", CardKind::sc_hsm, 1, {}, {}, true});
    other.quit();
  }
  EXPECT_TRUE(card_->control("insert " + (directory_ / "other").string()).starts_with("error"));  // one is in
  card_->eject();
  ASSERT_TRUE(world_->wait_for_card(0, false));
  card_->insert(directory_ / "other");
  ASSERT_TRUE(world_->wait_for_card(0, true));
  EXPECT_EQ(card_->stat().personality, "sc-hsm");
  EXPECT_NE(card_->stat().serial, serial);
}

}  // namespace
}  // namespace cardea::virtual_card
