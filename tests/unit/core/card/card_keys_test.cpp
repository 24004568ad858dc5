// SPDX-License-Identifier: Apache-2.0
#include "core/card/card_keys.h"

#include <gtest/gtest.h>

#include "core/card/key_use.h"
#include "core/card/pin.h"
#include "core/crypto/hpke.h"
#include "core/crypto/rsa.h"
#include "tests/support/fake_cryptoki.h"
#include "tests/support/softhsm_token.h"

namespace cardea::card {
namespace {

using test::SoftHsmToken;

class CardKeysOnSoftHsm : public ::testing::TestWithParam<KeyKind> {
 protected:
  SoftHsmToken token;
  std::unique_ptr<Pkcs11Module> module = token.load();
  SystemRandom random;

  TokenSession open() {
    return std::move(
               TokenSession::open(*module, SoftHsmToken::slot(*module), TokenSession::Access::read_write))
        .value();
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, CardKeysOnSoftHsm, ::testing::Values(KeyKind::p256, KeyKind::rsa));

TEST_P(CardKeysOnSoftHsm, MakesKeysThatSignAndOpen) {
  auto session = open();
  ASSERT_TRUE(session.login(as_bytes(SoftHsmToken::kPin)).ok());
  const auto keys = make_keys(session, GetParam(), "Cardea");
  ASSERT_TRUE(keys.ok()) << keys.failure().detail;
  EXPECT_EQ(keys->kind, GetParam());
  EXPECT_EQ(make_keys(session, GetParam(), "Cardea").error(), Error::already_exists);

  const auto signature = sign(session, as_bytes("message"));
  ASSERT_TRUE(signature.ok()) << signature.failure().detail;
  const auto key = crypto::PublicKey::from_spki(keys->auth_spki);
  EXPECT_TRUE(key->verify(as_bytes("message"), *signature).ok());
  EXPECT_FALSE(key->verify(as_bytes("another"), *signature).ok());

  const Bytes secret(32, 0x42);
  if (GetParam() == KeyKind::p256) {
    const auto point = crypto::p256_point_from_spki(keys->wrap_spki);
    const auto sealed = crypto::hpke_seal(*point, "cardea/v1/test", as_bytes("context"), secret, random);
    const auto opened = crypto::hpke_open([&](ByteView peer) { return wrap_dh(session, peer); }, *point,
                                          "cardea/v1/test", as_bytes("context"), *sealed);
    ASSERT_TRUE(opened.ok()) << opened.failure().detail;
    EXPECT_EQ(to_bytes(opened->expose()), secret);
    EXPECT_EQ(wrap_dh(session, Bytes(65, 4)).error(), Error::key_invalid);
  } else {
    const auto sealed =
        crypto::rsa_seal(keys->wrap_spki, "cardea/v1/test", as_bytes("context"), secret, random);
    const auto opened = crypto::rsa_open([&](ByteView c) { return wrap_rsa_decrypt(session, c); },
                                         "cardea/v1/test", as_bytes("context"), *sealed);
    ASSERT_TRUE(opened.ok()) << opened.failure().detail;
    EXPECT_EQ(to_bytes(opened->expose()), secret);
  }
}

TEST_P(CardKeysOnSoftHsm, KeepsPrivatePartsInside) {
  auto session = open();
  ASSERT_TRUE(session.login(as_bytes(SoftHsmToken::kPin)).ok());
  ASSERT_TRUE(make_keys(session, GetParam(), "Cardea").ok());
  for (const KeyRole role : {KeyRole::auth, KeyRole::wrap}) {
    const auto key = find_private_key(session, role);
    ASSERT_TRUE(key.ok());
    const auto type = GetParam() == KeyKind::p256 ? CKA_VALUE : CKA_PRIVATE_EXPONENT;
    EXPECT_FALSE(session.read_secret_attribute(*key, type, 4096).ok());
    EXPECT_EQ(session.read_attribute(*key, CKA_EXTRACTABLE, 1).value(), Bytes{CK_FALSE});
    EXPECT_EQ(session.read_attribute(*key, CKA_SENSITIVE, 1).value(), Bytes{CK_TRUE});
  }
}

TEST_P(CardKeysOnSoftHsm, ShowsPublicKeysWithoutALogin) {
  PublicKeys made;
  {
    auto session = open();
    EXPECT_TRUE(read_public_keys(session)->auth_spki.empty());
    ASSERT_TRUE(session.login(as_bytes(SoftHsmToken::kPin)).ok());
    made = make_keys(session, GetParam(), "Cardea").value();
  }
  auto session = open();
  EXPECT_FALSE(session.logged_in());
  const auto keys = read_public_keys(session);
  EXPECT_EQ(keys->auth_spki, made.auth_spki);
  EXPECT_EQ(keys->wrap_spki, made.wrap_spki);
  EXPECT_FALSE(sign(session, as_bytes("message")).ok());
}

class CardKeysOnFake : public ::testing::Test {
 protected:
  test::FakeCryptoki fake;
  std::unique_ptr<Pkcs11Module> module = std::move(Pkcs11Module::from_functions(fake.functions())).value();
  TokenSession session = std::move(TokenSession::open(*module, 0, TokenSession::Access::read_write)).value();

  static Bytes number(CK_ULONG value) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&value);
    return {bytes, bytes + sizeof value};
  }
  void add_key(const char* id, CK_ULONG object_class, CK_ULONG type) {
    fake.objects[fake.next_handle++] = {
        {CKA_CLASS, number(object_class)}, {CKA_KEY_TYPE, number(type)}, {CKA_ID, to_bytes(as_bytes(id))}};
  }
};

TEST_F(CardKeysOnFake, RemovesTheFirstPairWhenTheSecondCantBeMade) {
  fake.force("C_GenerateKeyPair", {CKR_OK, CKR_DEVICE_MEMORY});
  EXPECT_EQ(make_keys(session, KeyKind::p256, "Cardea").error(), Error::card_full);
  EXPECT_TRUE(fake.objects.empty());
}

TEST_F(CardKeysOnFake, RefusesTwoKeysOfOneRole) {
  add_key("cardea-1", CKO_PUBLIC_KEY, CKK_EC);
  add_key("cardea-1", CKO_PUBLIC_KEY, CKK_EC);
  EXPECT_EQ(read_public_keys(session).error(), Error::key_invalid);
}

TEST_F(CardKeysOnFake, RefusesKeysOfOtherTypesAndShapes) {
  add_key("cardea-1", CKO_PUBLIC_KEY, CKK_DSA);
  EXPECT_EQ(read_public_keys(session).error(), Error::key_invalid);
  fake.objects.begin()->second[CKA_KEY_TYPE] = Bytes{1};
  EXPECT_EQ(read_public_keys(session).error(), Error::key_invalid);
  fake.objects.begin()->second[CKA_KEY_TYPE] = number(CKK_RSA);
  fake.objects.begin()->second[CKA_MODULUS] = Bytes(kMaxSlots * 1000, 0xff);
  EXPECT_EQ(read_public_keys(session).error(), Error::limit_exceeded);
}

TEST_F(CardKeysOnFake, DoesNotBelieveLengthsOfResults) {
  add_key("cardea-1", CKO_PRIVATE_KEY, CKK_EC);
  add_key("cardea-2", CKO_PRIVATE_KEY, CKK_EC);
  EXPECT_EQ(sign(session, as_bytes("m")).error(), Error::card_fault);
  EXPECT_EQ(wrap_rsa_decrypt(session, Bytes(256, 1)).error(), Error::card_fault);
  EXPECT_EQ(wrap_rsa_decrypt(session, Bytes(513, 1)).error(), Error::decrypt_failed);
  SystemRandom random;
  const auto peer = crypto::P256KeyPair::generate(random);
  EXPECT_EQ(wrap_dh(session, peer.point()).error(), Error::card_fault);  // 31 bytes
  EXPECT_EQ(fake.objects.size(), 2U);                                    // the derived object is gone
}

TEST_F(CardKeysOnFake, TakesTheOtherRsaMechanismWhereTheFirstIsMissing) {
  add_key("cardea-1", CKO_PRIVATE_KEY, CKK_RSA);
  fake.force("C_SignInit", {CKR_MECHANISM_INVALID, CKR_OK});
  EXPECT_EQ(sign(session, as_bytes("m")).error(), Error::card_fault);
  EXPECT_EQ(fake.count("C_SignInit"), 2U);
  EXPECT_EQ(fake.count("C_Sign"), 1U);
}

}  // namespace
}  // namespace cardea::card
