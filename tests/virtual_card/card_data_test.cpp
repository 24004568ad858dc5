// SPDX-License-Identifier: Apache-2.0
// Private data objects: the place of the records.
#include "tests/virtual_card/card_fixture.h"

namespace cardea::virtual_card {
namespace {

constexpr std::size_t kRecordSize = 600;

class CardDataTest : public EachCardTest {};

TEST_P(CardDataTest, ObjectsAreWrittenReadAndDeleted) {
  put_in(GetParam());
  const Bytes record(kRecordSize, 0x42);
  const Bytes longer(3000, 0x17);
  const std::uint32_t free_before = card_->stat().free;
  {
    Pkcs11Library library(kOpenScModule);
    Pkcs11Session session(library, slot(library));
    ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
    ASSERT_EQ(session.create_data("cardea00", record), CKR_OK);
    ASSERT_EQ(session.create_data("cardea01", longer), CKR_OK);
  }
  EXPECT_LT(card_->stat().free, free_before - kRecordSize - 3000);
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  EXPECT_EQ(session.find_data("cardea00"), 0U);  // private: not before the PIN
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  Bytes read;
  ASSERT_EQ(session.read_data("cardea00", read), CKR_OK);
  EXPECT_EQ(read, record);
  ASSERT_EQ(session.read_data("cardea01", read), CKR_OK);
  EXPECT_EQ(read, longer);
  ASSERT_EQ(session.destroy(session.find_data("cardea01")), CKR_OK);
  EXPECT_EQ(session.find_data("cardea01"), 0U);
  ASSERT_EQ(session.read_data("cardea00", read), CKR_OK);
  EXPECT_EQ(read, record);
}

// MyEID says so, the SmartCard-HSM driver turns the same answer into a general error.
TEST_P(CardDataTest, FullCardRefusesAndKeepsWhatItHas) {
  put_in(GetParam(), 16000);
  const CK_RV full = GetParam() == CardKind::myeid ? CKR_DEVICE_MEMORY : CKR_GENERAL_ERROR;
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  const auto label = [](int i) { return "cardea" + std::to_string(10 + i); };
  CK_RV result = CKR_OK;
  int written = 0;
  for (; written < 20; ++written) {
    result = session.create_data(label(written), Bytes(2000, static_cast<std::uint8_t>(written)));
    if (result != CKR_OK) break;
  }
  EXPECT_EQ(result, full);
  ASSERT_GT(written, 1);
  ASSERT_LT(written, 8);
  for (int i = 0; i < written; ++i) {
    Bytes read;
    ASSERT_EQ(session.read_data(label(i), read), CKR_OK) << i;
    EXPECT_EQ(read, Bytes(2000, static_cast<std::uint8_t>(i)));
  }
  card_->memory(60000);  // more room: the next write fits
  EXPECT_EQ(session.create_data("cardea99", Bytes(2000, 9)), CKR_OK);
}

CARDEA_EACH_CARD(CardDataTest);

}  // namespace
}  // namespace cardea::virtual_card
