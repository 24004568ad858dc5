// SPDX-License-Identifier: Apache-2.0
// How OpenSC 0.23 spends card commands, and what a reset by somebody else does to its sessions. The card
// worker is built on these facts: when a newer OpenSC changes one, this test says so.
#include "tests/virtual_card/card_fixture.h"
#include "tests/virtual_card/host_crypto.h"
#include "tests/virtual_card/pcsc_handle.h"

namespace cardea::virtual_card {
namespace {

constexpr std::uint8_t kRsaId = 1;
constexpr std::uint8_t kEcId = 2;

class CardSessionTest : public EachCardTest {
 protected:
  void SetUp() override {
    put_in(GetParam());
    Pkcs11Library library(kOpenScModule);
    Pkcs11Session session(library, slot(library));
    ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
    ASSERT_EQ(session.generate_rsa(kRsaId), CKR_OK);
    ASSERT_EQ(session.generate_p256(kEcId), CKR_OK);
  }
  [[nodiscard]] bool myeid() const { return GetParam() == CardKind::myeid; }
  LONG reset() { return reset_card(PcscWorld::reader_name(0)); }
  // Card commands since the last call.
  std::uint64_t spent() {
    const std::uint64_t commands = card_->stat().apdus;
    card_->reset_counters();
    return commands;
  }
  static CK_RV sign(Pkcs11Session& session, std::uint8_t id) {
    Bytes signature;
    const CK_OBJECT_HANDLE key = session.find_key(CKO_PRIVATE_KEY, id);
    return session.sign(key, id == kEcId ? CKM_ECDSA : CKM_SHA256_RSA_PKCS, Bytes(32, 0x33), signature);
  }
};

TEST_P(CardSessionTest, WarmLoginAndSignature) {
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  spent();
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  EXPECT_EQ(card_->control("trace"), "ok 20");
  EXPECT_EQ(spent(), 1U);
  ASSERT_EQ(sign(session, kEcId), CKR_OK);
  EXPECT_EQ(spent(), myeid() ? 3U : 1U);
  ASSERT_EQ(sign(session, kRsaId), CKR_OK);
  EXPECT_EQ(spent(), myeid() ? 4U : 1U);
  ASSERT_EQ(session.logout(), CKR_OK);
  EXPECT_EQ(spent(), 1U);
}

// On MyEID OpenSC puts the agreed secret into a file of the card that lasts until the next reset.
TEST_P(CardSessionTest, KeyAgreementLeavesItsResultUntilTheReset) {
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  const std::uint32_t free_before = card_->stat().free;
  spent();
  Bytes secret;
  ASSERT_EQ(session.derive_raw_point(session.find_key(CKO_PRIVATE_KEY, kEcId),
                                     HostKey::ephemeral_p256().point(), secret),
            CKR_OK);
  EXPECT_EQ(secret.size(), 32U);
  EXPECT_EQ(spent(), myeid() ? 11U : 1U);
  EXPECT_EQ(card_->stat().free < free_before, myeid());
  ASSERT_EQ(session.logout(), CKR_OK);
  ASSERT_EQ(reset(), SCARD_S_SUCCESS);
  EXPECT_EQ(card_->stat().free, free_before);
}

// The worker's way: log out, which makes OpenSC forget the PIN, then reset. The session stays usable and the
// next login costs one command.
TEST_P(CardSessionTest, SurvivesAResetAfterLogout) {
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  for (int round = 0; round < 3; ++round) {
    spent();
    ASSERT_EQ(session.login(secrets_.pin), CKR_OK) << round;
    ASSERT_EQ(sign(session, kEcId), CKR_OK);
    EXPECT_EQ(spent(), myeid() ? 4U : 2U);
    ASSERT_EQ(session.logout(), CKR_OK);
    ASSERT_EQ(reset(), SCARD_S_SUCCESS);
    EXPECT_FALSE(card_->stat().verified);
  }
}

// While logged in OpenSC holds the PIN and presents it again without being asked: a reset alone locks
// nothing.
TEST_P(CardSessionTest, ResetWithoutLogoutIsUndoneByThePinCache) {
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  ASSERT_EQ(reset(), SCARD_S_SUCCESS);
  EXPECT_FALSE(card_->stat().verified);
  spent();
  EXPECT_EQ(session.login("999999"), CKR_USER_ALREADY_LOGGED_IN);  // any PIN: the card is not asked
  EXPECT_EQ(spent(), 0U);
  EXPECT_EQ(sign(session, kEcId), CKR_OK);
  EXPECT_EQ(spent(), myeid() ? 7U : 3U);
  EXPECT_TRUE(card_->stat().verified);
}

TEST_P(CardSessionTest, LogoutAfterAResetForgetsThePin) {
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  ASSERT_EQ(reset(), SCARD_S_SUCCESS);
  EXPECT_EQ(session.logout(), CKR_OK);
  EXPECT_EQ(session.find_key(CKO_PRIVATE_KEY, kEcId), 0U);
  EXPECT_FALSE(card_->stat().verified);
  EXPECT_EQ(session.login("999999"), CKR_PIN_INCORRECT);
  EXPECT_EQ(session.login(secrets_.pin), CKR_OK);
  EXPECT_EQ(sign(session, kEcId), CKR_OK);
}

// C_GetSessionInfo asks the card and closes every session of the slot when the card does not know the login.
TEST_P(CardSessionTest, SessionInfoAfterAResetClosesTheSessions) {
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  ASSERT_EQ(reset(), SCARD_S_SUCCESS);
  CK_SESSION_INFO info{};
  EXPECT_EQ(library->C_GetSessionInfo(session.handle(), &info), CKR_SESSION_HANDLE_INVALID);
  EXPECT_EQ(session.logout(), CKR_SESSION_HANDLE_INVALID);
  Pkcs11Session next(library, slot(library));
  EXPECT_EQ(next.login(secrets_.pin), CKR_OK);
  EXPECT_EQ(sign(next, kEcId), CKR_OK);
}

CARDEA_EACH_CARD(CardSessionTest);

}  // namespace
}  // namespace cardea::virtual_card
