// SPDX-License-Identifier: Apache-2.0
#include "core/card/token_session.h"

#include <gtest/gtest.h>

#include "tests/support/fake_cryptoki.h"

namespace cardea::card {
namespace {

class Session : public ::testing::Test {
 protected:
  test::FakeCryptoki fake;
  std::unique_ptr<Pkcs11Module> module = std::move(Pkcs11Module::from_functions(fake.functions())).value();
  TokenSession open() {
    return std::move(TokenSession::open(*module, 0, TokenSession::Access::read_only)).value();
  }
};

TEST_F(Session, LogsOutAndClosesOnTheWayOut) {
  {
    auto session = open();
    ASSERT_TRUE(session.login(as_bytes("123456")).ok());
    const TokenSession moved = std::move(session);
    EXPECT_TRUE(moved.logged_in());
  }
  EXPECT_FALSE(fake.logged_in);
  EXPECT_EQ(fake.count("C_CloseSession"), 1U);
  EXPECT_EQ(fake.count("C_Logout"), 1U);
}

TEST_F(Session, DoesNotTouchItsNumberAfterAReinitialisation) {
  {
    auto session = open();
    ASSERT_TRUE(session.login(as_bytes("123456")).ok());
    ASSERT_TRUE(module->reinitialise().ok());
    EXPECT_FALSE(session.logged_in());
  }
  EXPECT_EQ(fake.count("C_CloseSession"), 0U);
  EXPECT_EQ(fake.count("C_Logout"), 0U);
}

TEST_F(Session, ReadsAttributesWithinTheLimitOnly) {
  const auto object = fake.add_data("a", "b", Bytes(100, 1));
  auto session = open();
  EXPECT_EQ(session.read_attribute(object, CKA_VALUE, 100)->size(), 100U);
  EXPECT_EQ(session.read_attribute(object, CKA_VALUE, 99).error(), Error::limit_exceeded);
  EXPECT_EQ(session.read_attribute(object, CKA_MODULUS, 99).error(), Error::card_unsupported);
  EXPECT_EQ(session.read_attribute(object + 1, CKA_VALUE, 99).error(), Error::not_found);
}

TEST_F(Session, RefusesAnAttributeThatGrowsBetweenTheCalls) {
  const auto object = fake.add_data("a", "b", Bytes(100, 1));
  fake.on_attribute = [](CK_OBJECT_HANDLE, CK_ATTRIBUTE& entry) {
    entry.ulValueLen = entry.pValue == nullptr ? 10 : 1'000'000;
    return true;
  };
  auto session = open();
  EXPECT_EQ(session.read_attribute(object, CKA_VALUE, 100).error(), Error::card_fault);
  EXPECT_EQ(session.read_secret_attribute(object, CKA_VALUE, 100).error(), Error::card_fault);
}

TEST_F(Session, TakesUnavailableInformationForNone) {
  const auto object = fake.add_data("a", "b", {});
  fake.on_attribute = [](CK_OBJECT_HANDLE, CK_ATTRIBUTE& entry) {
    entry.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return true;
  };
  auto session = open();
  EXPECT_EQ(session.read_attribute(object, CKA_VALUE, ~std::size_t{0}).error(), Error::card_unsupported);
}

TEST_F(Session, FindsNoMoreThanItsLimit) {
  for (std::size_t i = 0; i < kMaxFoundObjects + 100; ++i)
    fake.add_data("a", "b", {});
  auto session = open();
  const CK_ULONG data_class = CKO_DATA;
  EXPECT_EQ(session.find({attribute(CKA_CLASS, data_class)})->size(), kMaxFoundObjects);
}

TEST_F(Session, SeesAPulledCardBehindAGeneralError) {
  auto session = open();
  fake.remove_at(1);
  const CK_ULONG data_class = CKO_DATA;
  EXPECT_EQ(session.find({attribute(CKA_CLASS, data_class)}).error(), Error::card_removed);
  fake.insert();
  fake.force("C_FindObjectsInit", {CKR_GENERAL_ERROR});
  EXPECT_EQ(session.find({attribute(CKA_CLASS, data_class)}).error(), Error::card_fault);
}

}  // namespace
}  // namespace cardea::card
