// SPDX-License-Identifier: Apache-2.0
#include "core/card/card_storage.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/fake_cryptoki.h"
#include "tests/support/softhsm_token.h"

namespace cardea::card {
namespace {

class Storage : public ::testing::Test {
 protected:
  test::FakeCryptoki fake;
  std::unique_ptr<Pkcs11Module> module = std::move(Pkcs11Module::from_functions(fake.functions())).value();
  TokenSession session = std::move(TokenSession::open(*module, 0, TokenSession::Access::read_write)).value();
  TokenStorage storage{session};
  const Bytes old_value = Bytes(600, 1), new_value = Bytes(700, 2);
};

TEST_F(Storage, WritesReadsReplacesAndRemoves) {
  ASSERT_TRUE(storage.write(7, old_value).ok());
  EXPECT_EQ(storage.read(7).value(), old_value);
  ASSERT_TRUE(storage.write(7, new_value).ok());
  EXPECT_EQ(storage.read(7).value(), new_value);
  EXPECT_EQ(fake.objects.size(), 1U);
  EXPECT_EQ(fake.values("cardea07").size(), 1U);
  ASSERT_TRUE(storage.remove(7).ok());
  EXPECT_EQ(storage.remove(7).error(), Error::not_found);
  EXPECT_EQ(storage.read(7).error(), Error::not_found);
}

TEST_F(Storage, MakesPrivateObjectsWithTheFixedName) {
  ASSERT_TRUE(storage.write(31, old_value).ok());
  const auto& object = fake.objects.begin()->second;
  EXPECT_EQ(object.at(CKA_PRIVATE), Bytes{CK_TRUE});
  EXPECT_EQ(object.at(CKA_APPLICATION), to_bytes(as_bytes("Cardea")));
  EXPECT_EQ(object.at(CKA_LABEL), to_bytes(as_bytes("cardea31")));
}

TEST_F(Storage, RefusesWhatNoCardShouldBeAsked) {
  EXPECT_EQ(storage.write(32, old_value).error(), Error::invalid_argument);
  EXPECT_EQ(storage.read(32).error(), Error::invalid_argument);
  EXPECT_EQ(storage.remove(200).error(), Error::invalid_argument);
  EXPECT_EQ(storage.write(1, {}).error(), Error::invalid_argument);
  EXPECT_EQ(storage.write(1, Bytes(kMaxCardObjectBytes + 1)).error(), Error::record_too_large);
}

TEST_F(Storage, NeverMakesThe33rdObject) {
  for (int i = 0; i < 5; ++i)
    fake.add_data("Other", "thing", old_value);
  for (std::uint8_t i = 0; i < 27; ++i)
    ASSERT_TRUE(storage.write(i, old_value).ok());
  EXPECT_EQ(storage.list()->foreign, 5);
  EXPECT_EQ(storage.list()->free_slots(), 0U);
  EXPECT_EQ(storage.write(27, old_value).error(), Error::card_full);
  EXPECT_EQ(fake.objects.size(), 32U);
  // Replacing one of them is no new object, and never makes 33 on the way.
  fake.max_objects = 32;
  EXPECT_TRUE(storage.write(3, new_value).ok());
  EXPECT_EQ(storage.read(3).value(), new_value);
}

TEST_F(Storage, KnowsBothFacesOfFull) {
  fake.max_objects = 0;
  EXPECT_EQ(storage.write(1, old_value).error(), Error::card_full);
  fake.full_value = CKR_GENERAL_ERROR;
  EXPECT_EQ(storage.write(1, old_value).error(), Error::card_full);
}

TEST_F(Storage, AFullCardKeepsTheOldValue) {
  ASSERT_TRUE(storage.write(1, old_value).ok());
  fake.force("C_CreateObject", {CKR_DEVICE_MEMORY});
  EXPECT_EQ(storage.write(1, new_value).error(), Error::card_full);
  EXPECT_EQ(storage.read(1).value(), old_value);
  EXPECT_EQ(fake.count("C_DestroyObject"), 0U);
}

TEST_F(Storage, RestoresTheOldValueWhenTheThirtySecondCantBeReplaced) {
  for (std::uint8_t i = 0; i < kMaxCardObjects; ++i)
    ASSERT_TRUE(storage.write(i, old_value).ok());
  fake.force("C_CreateObject", {CKR_DEVICE_MEMORY, CKR_OK});
  EXPECT_EQ(storage.write(1, new_value).error(), Error::card_full);
  EXPECT_EQ(storage.read(1).value(), old_value);
}

TEST_F(Storage, DoesNotBelieveOkWithoutReadingBack) {
  int reads = 0;
  fake.on_attribute = [&](CK_OBJECT_HANDLE, CK_ATTRIBUTE& entry) {
    if (entry.type != CKA_VALUE) return false;
    ++reads;
    entry.ulValueLen = 0;
    return true;
  };
  EXPECT_EQ(storage.write(1, old_value).error(), Error::card_fault);
  EXPECT_GT(reads, 0);
  EXPECT_TRUE(fake.objects.empty());
}

TEST_F(Storage, ReportsAndHealsWhatAPulledCardLeft) {
  fake.add_data("Cardea", "cardea02", old_value);
  fake.add_data("Cardea", "cardea02", new_value);
  const auto ghost = fake.add_data("Cardea", "cardea03", {});
  fake.on_attribute = [&](CK_OBJECT_HANDLE object, CK_ATTRIBUTE& entry) {
    if (object != ghost || entry.type != CKA_VALUE) return false;
    entry.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return true;
  };
  const auto directory = storage.list().value();
  ASSERT_EQ(directory.objects.size(), 2U);
  EXPECT_EQ(directory.objects[0].state, ObjectState::duplicate);
  EXPECT_EQ(directory.objects[0].size, 700U);
  EXPECT_EQ(directory.objects[1].state, ObjectState::unreadable);
  EXPECT_EQ(storage.read(2).value(), new_value);
  EXPECT_EQ(storage.read(3).error(), Error::corrupted);
  ASSERT_TRUE(storage.write(2, old_value).ok());
  EXPECT_EQ(fake.values("cardea02"), std::vector<Bytes>{old_value});
}

TEST_F(Storage, AGhostThatCantBeRemovedHindersNothing) {
  const auto ghost = fake.add_data("Cardea", "cardea02", old_value);
  fake.on_attribute = [&](CK_OBJECT_HANDLE object, CK_ATTRIBUTE& entry) {
    if (object != ghost || entry.type != CKA_VALUE) return false;
    entry.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return true;
  };
  fake.force("C_DestroyObject", {CKR_GENERAL_ERROR});
  EXPECT_TRUE(storage.write(2, new_value).ok());
  EXPECT_EQ(storage.read(2).value(), new_value);
  EXPECT_EQ(storage.list()->objects[0].state, ObjectState::duplicate);
}

TEST_F(Storage, AReadableObjectThatCantBeRemovedIsAFailure) {
  fake.add_data("Cardea", "cardea02", old_value);
  fake.force("C_DestroyObject", {CKR_GENERAL_ERROR});
  EXPECT_EQ(storage.remove(2).error(), Error::card_fault);
}

// OpenSC 0.23 frees an object that it fails to destroy, and goes on listing it.
TEST_F(Storage, AnObjectThatCouldNotBeDestroyedIsNotTouchedAgain) {
  fake.add_data("Cardea", "cardea02", old_value);
  fake.force("C_DestroyObject", {CKR_GENERAL_ERROR});
  EXPECT_FALSE(storage.spoiled());
  EXPECT_EQ(storage.write(2, new_value).error(), Error::card_fault);
  EXPECT_TRUE(storage.spoiled());
  const auto destroyed = std::find(fake.calls.begin(), fake.calls.end(), "C_DestroyObject");
  ASSERT_NE(destroyed, fake.calls.end());
  EXPECT_EQ(std::count(destroyed, fake.calls.end(), "C_GetAttributeValue"), 0);
  EXPECT_EQ(std::count(destroyed, fake.calls.end(), "C_FindObjectsInit"), 0);
}

TEST_F(Storage, ForeignNamesThatLookLikeOursAreForeign) {
  fake.add_data("cardea", "cardea01", old_value);
  fake.add_data("Cardea", "cardea32", old_value);
  fake.add_data("Cardea", "cardea1", old_value);
  fake.add_data("Cardea", "cardea001", old_value);
  EXPECT_TRUE(storage.list()->objects.empty());
  EXPECT_EQ(storage.list()->foreign, 4);
}

// The card is pulled at every call of a write over an existing value: never a success, and afterwards the
// object reads as old, new, or both, unless the pull came between removing and creating.
TEST_F(Storage, APulledCardAtEveryCallIsNoSuccess) {
  ASSERT_TRUE(storage.write(1, old_value).ok());
  fake.calls.clear();
  ASSERT_TRUE(storage.write(1, new_value).ok());
  const auto calls = static_cast<int>(fake.calls.size());
  for (int call = 1; call <= calls; ++call) {
    fake.objects.clear();
    fake.add_data("Cardea", "cardea01", old_value);
    fake.remove_at(call);
    const Status written = storage.write(1, new_value);
    ASSERT_FALSE(written.ok()) << call;
    EXPECT_EQ(written.error(), Error::card_removed) << call;
    fake.insert();
    const auto read = storage.read(1);
    ASSERT_TRUE(read.ok()) << call;
    EXPECT_TRUE(*read == old_value || *read == new_value) << call;
    EXPECT_TRUE(storage.write(1, new_value).ok()) << call;
    EXPECT_EQ(fake.values("cardea01"), std::vector<Bytes>{new_value}) << call;
  }
}

TEST_F(Storage, SaysSoWhenACardStoresNoData) {
  fake.force("C_CreateObject", {CKR_FUNCTION_NOT_SUPPORTED});
  EXPECT_EQ(storage.write(1, old_value).error(), Error::card_unsupported);
}

TEST(StorageOnSoftHsm, KeepsThirtyTwoObjects) {
  test::SoftHsmToken token;
  const Bytes value(3000, 9);
  {
    const auto module = token.load();
    auto session =
        std::move(TokenSession::open(*module, token.slot(*module), TokenSession::Access::read_write)).value();
    ASSERT_TRUE(session.login(as_bytes(test::SoftHsmToken::kPin)).ok());
    TokenStorage storage(session);
    for (std::uint8_t i = 0; i < kMaxCardObjects; ++i) {
      Bytes content = value;
      content[0] = i;
      ASSERT_TRUE(storage.write(i, content).ok()) << int{i};
    }
  }
  const auto module = token.load();
  auto session =
      std::move(TokenSession::open(*module, token.slot(*module), TokenSession::Access::read_write)).value();
  TokenStorage storage(session);
  EXPECT_EQ(storage.read(5).error(), Error::not_found);  // private: not there before the login
  ASSERT_TRUE(session.login(as_bytes(test::SoftHsmToken::kPin)).ok());
  EXPECT_EQ(storage.list()->objects.size(), kMaxCardObjects);
  EXPECT_EQ(storage.read(5).value()[0], 5);
}

}  // namespace
}  // namespace cardea::card
