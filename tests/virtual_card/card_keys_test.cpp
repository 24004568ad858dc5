// SPDX-License-Identifier: Apache-2.0
// Keys on the card, used through OpenSC and checked by OpenSSL.
#include "tests/virtual_card/card_fixture.h"
#include "tests/virtual_card/host_crypto.h"

namespace cardea::virtual_card {
namespace {

constexpr std::uint8_t kRsaId = 1;
constexpr std::uint8_t kEcId = 2;

class CardKeysTest : public EachCardTest {
 protected:
  // OpenSC gives the point as a DER OCTET STRING.
  static Bytes inner_point(const Bytes& encoded) { return {encoded.begin() + 2, encoded.end()}; }
};

TEST_P(CardKeysTest, RsaKeyMadeOnTheCardSignsAndDecrypts) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  ASSERT_EQ(session.generate_rsa(kRsaId), CKR_OK);
  Bytes modulus, exponent;
  const CK_OBJECT_HANDLE public_key = session.find_key(CKO_PUBLIC_KEY, kRsaId);
  ASSERT_EQ(session.attribute(public_key, CKA_MODULUS, modulus), CKR_OK);
  ASSERT_EQ(session.attribute(public_key, CKA_PUBLIC_EXPONENT, exponent), CKR_OK);
  ASSERT_EQ(modulus.size(), 256U);
  const HostKey host = HostKey::rsa(modulus, exponent);
  const CK_OBJECT_HANDLE key = session.find_key(CKO_PRIVATE_KEY, kRsaId);

  const Bytes message = to_bytes(as_bytes("a login challenge"));
  Bytes signature;
  ASSERT_EQ(session.sign(key, CKM_SHA256_RSA_PKCS, message, signature), CKR_OK);
  EXPECT_TRUE(host.verifies_rsa_sha256(message, signature));
  signature[100] ^= 1;
  EXPECT_FALSE(host.verifies_rsa_sha256(message, signature));

  const Bytes secret(32, 0x5a);
  CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
  Bytes plain;
  ASSERT_EQ(
      session.decrypt(key, {CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep}, host.encrypt_oaep_sha1(secret), plain),
      CKR_OK);
  EXPECT_EQ(plain, secret);
}

TEST_P(CardKeysTest, RawRsaSignatureIsTheBarePrivateOperation) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  ASSERT_EQ(session.generate_rsa(kRsaId), CKR_OK);
  const CK_OBJECT_HANDLE key = session.find_key(CKO_PRIVATE_KEY, kRsaId);
  Bytes block(256, 0x11);
  block[0] = 0;
  Bytes once, back;
  ASSERT_EQ(session.sign(key, CKM_RSA_X_509, block, once), CKR_OK);
  EXPECT_EQ(once.size(), 256U);
  EXPECT_NE(once, block);
  ASSERT_EQ(session.decrypt(key, {CKM_RSA_X_509, nullptr, 0}, block, back), CKR_OK);
  EXPECT_EQ(back, once);  // signing and decrypting are the same number
}

TEST_P(CardKeysTest, EcKeyMadeOnTheCardSignsAndAgrees) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  ASSERT_EQ(session.generate_p256(kEcId), CKR_OK);
  Bytes encoded;
  ASSERT_EQ(session.attribute(session.find_key(CKO_PUBLIC_KEY, kEcId), CKA_EC_POINT, encoded), CKR_OK);
  const HostKey card = HostKey::p256(inner_point(encoded));
  const CK_OBJECT_HANDLE key = session.find_key(CKO_PRIVATE_KEY, kEcId);

  const Bytes digest = sha256(as_bytes("a login challenge"));
  Bytes signature;
  ASSERT_EQ(session.sign(key, CKM_ECDSA, digest, signature), CKR_OK);
  EXPECT_TRUE(card.verifies_ecdsa(digest, signature));
  EXPECT_FALSE(card.verifies_ecdsa(sha256(as_bytes("another")), signature));

  const HostKey host = HostKey::ephemeral_p256();
  Bytes secret;
  ASSERT_EQ(session.derive_raw_point(key, host.point(), secret), CKR_OK);
  EXPECT_EQ(secret, host.agree(card));
}

TEST_P(CardKeysTest, PointOffTheCurveIsRefused) {
  put_in(GetParam());
  Pkcs11Library library(kOpenScModule);
  Pkcs11Session session(library, slot(library));
  ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
  ASSERT_EQ(session.generate_p256(kEcId), CKR_OK);
  Bytes point = HostKey::ephemeral_p256().point();
  point[64] ^= 1;
  Bytes secret;
  EXPECT_NE(session.derive_raw_point(session.find_key(CKO_PRIVATE_KEY, kEcId), point, secret), CKR_OK);
}

TEST_P(CardKeysTest, KeysNeedThePin) {
  put_in(GetParam());
  {
    Pkcs11Library library(kOpenScModule);
    Pkcs11Session session(library, slot(library));
    ASSERT_EQ(session.login(secrets_.pin), CKR_OK);
    ASSERT_EQ(session.generate_p256(kEcId), CKR_OK);
    ASSERT_EQ(session.logout(), CKR_OK);
    EXPECT_FALSE(card_->stat().verified);
    EXPECT_NE(session.generate_p256(3), CKR_OK);
    EXPECT_EQ(session.find_key(CKO_PRIVATE_KEY, kEcId), 0U);  // private objects are not shown
  }
}

TEST_P(CardKeysTest, Pkcs11ToolFindsNoFault) {
  put_in(GetParam());
  const std::vector<std::string> tool = {"pkcs11-tool", "--module", kOpenScModule,
                                         "--login",     "--pin",    secrets_.pin};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), tool.begin(), tool.end());
    return more;
  };
  test_support::must_run(with({"--keypairgen", "--key-type", "rsa:2048", "--id", "01", "--label", "auth"}));
  test_support::must_run(
      with({"--keypairgen", "--key-type", "EC:prime256v1", "--id", "02", "--label", "wrap"}));
  EXPECT_NE(test_support::must_run(with({"--test"})).find("No errors"), std::string::npos);
  EXPECT_NE(test_support::must_run({"pkcs15-tool", "--dump"}).find("auth"), std::string::npos);
}

CARDEA_EACH_CARD(CardKeysTest);

}  // namespace
}  // namespace cardea::virtual_card
