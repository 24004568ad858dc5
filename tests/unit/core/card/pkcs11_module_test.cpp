// SPDX-License-Identifier: Apache-2.0
#include "core/card/pkcs11_module.h"

#include <fstream>

#include <gtest/gtest.h>

#include "core/card/pkcs11_error.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/softhsm_token.h"

namespace cardea::card {
namespace {

using test::FakeCryptoki;

TEST(LoadModule, RefusesAnIncompleteFunctionList) {
  FakeCryptoki fake;
  fake.functions()->C_DeriveKey = nullptr;
  EXPECT_EQ(Pkcs11Module::from_functions(fake.functions()).error(), Error::card_unsupported);
  FakeCryptoki newer;
  newer.functions()->version.major = 3;
  EXPECT_EQ(Pkcs11Module::from_functions(newer.functions()).error(), Error::card_unsupported);
  EXPECT_EQ(Pkcs11Module::from_functions(nullptr).error(), Error::card_unsupported);
}

TEST(LoadModule, InitialisesWithoutLocksWhereTheModuleHasNone) {
  FakeCryptoki fake;
  fake.force("C_Initialize", {CKR_CANT_LOCK});
  const auto module = Pkcs11Module::from_functions(fake.functions());
  ASSERT_TRUE(module.ok());
  EXPECT_EQ(fake.count("C_Initialize"), 2U);
}

TEST(LoadModule, PassesAFailedInitialisationOn) {
  FakeCryptoki fake;
  fake.force("C_Initialize", {CKR_HOST_MEMORY});
  EXPECT_EQ(Pkcs11Module::from_functions(fake.functions()).error(), Error::out_of_memory);
  EXPECT_EQ(fake.count("C_Finalize"), 0U);
}

TEST(Pkcs11Module, ReinitialisesAndFinalisesOnce) {
  FakeCryptoki fake;
  {
    auto module = std::move(Pkcs11Module::from_functions(fake.functions())).value();
    const auto before = module->generation();
    ASSERT_TRUE(module->reinitialise().ok());
    EXPECT_NE(module->generation(), before);
    fake.force("C_Initialize", {CKR_GENERAL_ERROR});
    EXPECT_FALSE(module->reinitialise().ok());
  }
  EXPECT_EQ(fake.count("C_Finalize"), 2U);
}

TEST(Pkcs11Module, DoesNotBelieveAnyNumberOfSlots) {
  FakeCryptoki fake;
  auto module = std::move(Pkcs11Module::from_functions(fake.functions())).value();
  fake.slot_count = kMaxSlots;
  EXPECT_EQ(module->slots()->size(), kMaxSlots);
  fake.slot_count = kMaxSlots + 1;
  EXPECT_EQ(module->slots().error(), Error::limit_exceeded);
}

TEST(Pkcs11Error, MapsWhatUsersMustBeTold) {
  EXPECT_EQ(pkcs11_error(CKR_PIN_INCORRECT), Error::pin_wrong);
  EXPECT_EQ(pkcs11_error(CKR_PIN_LOCKED), Error::pin_locked);
  EXPECT_EQ(pkcs11_error(CKR_PIN_LEN_RANGE), Error::pin_length);
  EXPECT_EQ(pkcs11_error(CKR_DEVICE_MEMORY), Error::card_full);
  EXPECT_EQ(pkcs11_error(CKR_TOKEN_NOT_PRESENT), Error::card_absent);
  EXPECT_EQ(pkcs11_error(CKR_DEVICE_REMOVED), Error::card_removed);
  EXPECT_EQ(pkcs11_error(CKR_SESSION_HANDLE_INVALID), Error::card_removed);
  EXPECT_EQ(pkcs11_error(CKR_GENERAL_ERROR), Error::card_fault);
  EXPECT_EQ(pkcs11_error(0x8fffffffUL), Error::card_fault);
  EXPECT_EQ(pkcs11_failure(CKR_GENERAL_ERROR, "C_Sign").detail, "C_Sign: 0x5");
}

}  // namespace
}  // namespace cardea::card
