// SPDX-License-Identifier: Apache-2.0
// PIN counters, locking and unblocking as OpenSC shows them.
#include "tests/virtual_card/card_fixture.h"

namespace cardea::virtual_card {
namespace {

constexpr const char* kWrongPin = "999999";

class CardPinsTest : public EachCardTest {
 protected:
  CK_FLAGS token_flags(Pkcs11Library& library) {
    CK_TOKEN_INFO info{};
    EXPECT_EQ(library->C_GetTokenInfo(slot(library), &info), CKR_OK);
    return info.flags;
  }
  static void lock(Pkcs11Session& session) {
    for (int i = 0; i < 3; ++i)
      (void)session.login(kWrongPin);
  }
};

TEST_P(CardPinsTest, WrongPinsCountDownAndLock) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  EXPECT_EQ(session.login(kWrongPin), CKR_PIN_INCORRECT);
  EXPECT_EQ(card_->stat().pin_tries, 2U);
  EXPECT_EQ(session.login(kWrongPin), CKR_PIN_INCORRECT);
  EXPECT_EQ(card_->stat().pin_tries, 1U);
  EXPECT_NE(token_flags(library) & CKF_USER_PIN_FINAL_TRY, 0U);
  EXPECT_EQ(session.login(kWrongPin), CKR_PIN_LOCKED);
  EXPECT_EQ(card_->stat().pin_tries, 0U);
  EXPECT_NE(token_flags(library) & CKF_USER_PIN_LOCKED, 0U);
  EXPECT_EQ(session.login(secrets_.pin), CKR_PIN_LOCKED);
}

TEST_P(CardPinsTest, RightPinRestoresTheCounter) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  EXPECT_EQ(session.login(kWrongPin), CKR_PIN_INCORRECT);
  EXPECT_EQ(session.login(secrets_.pin), CKR_OK);
  EXPECT_EQ(card_->stat().pin_tries, 3U);
  EXPECT_TRUE(card_->stat().verified);
}

TEST_P(CardPinsTest, PinCanBeChanged) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  EXPECT_EQ(session.set_pin(secrets_.pin, "246810"), CKR_OK);
  ASSERT_EQ(session.logout(), CKR_OK);
  EXPECT_EQ(session.login(secrets_.pin), CKR_PIN_INCORRECT);
  EXPECT_EQ(session.login("246810"), CKR_OK);
}

CARDEA_EACH_CARD(CardPinsTest);

class MyEidPinsTest : public CardPinsTest {};

TEST_P(MyEidPinsTest, PukUnblocks) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  lock(session);
  EXPECT_NE(session.set_pin("00000000", "135790"), CKR_OK);
  EXPECT_EQ(card_->stat().puk_tries, 9U);
  ASSERT_EQ(session.set_pin(secrets_.puk, "135790"), CKR_OK);
  EXPECT_EQ(card_->stat().pin_tries, 3U);
  EXPECT_EQ(card_->stat().puk_tries, 10U);
  EXPECT_EQ(session.login("135790"), CKR_OK);
}

INSTANTIATE_TEST_SUITE_P(Cards, MyEidPinsTest, testing::Values(CardKind::myeid), card_test_name);

class ScHsmPinsTest : public CardPinsTest {};

TEST_P(ScHsmPinsTest, SecurityOfficerResetsThePin) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  lock(session);
  ASSERT_EQ(session.login(secrets_.so_pin_hsm, CKU_SO), CKR_OK);
  ASSERT_EQ(session.init_pin("135790"), CKR_OK);
  ASSERT_EQ(session.logout(), CKR_OK);
  EXPECT_EQ(card_->stat().pin_tries, 3U);
  EXPECT_EQ(session.login("135790"), CKR_OK);
}

TEST_P(ScHsmPinsTest, WrongSecurityOfficerPinCountsWhenUsed) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login("0000000000000000", CKU_SO), CKR_OK);  // the driver only keeps it for later
  EXPECT_NE(session.init_pin("135790"), CKR_OK);
  EXPECT_EQ(card_->stat().puk_tries, 14U);
}

INSTANTIATE_TEST_SUITE_P(Cards, ScHsmPinsTest, testing::Values(CardKind::sc_hsm), card_test_name);

}  // namespace
}  // namespace cardea::virtual_card
