// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/signature.h"

#include <gtest/gtest.h>

#include "core/crypto/hash.h"
#include "core/crypto/p256.h"

namespace cardea::crypto {
namespace {

TEST(PublicKey, ChangedSpkiIsAnotherKeyOrNone) {
  SystemRandom random;
  for (const Bytes& spki : {P256KeyPair::generate(random).spki(), Ed25519KeyPair::generate(random).spki()}) {
    for (std::size_t i = 0; i < spki.size(); ++i) {
      Bytes changed = spki;
      changed[i] ^= 0x01;
      const auto key = PublicKey::from_spki(changed);
      if (key.ok()) {
        EXPECT_EQ(key->spki(), changed);  // never silently repaired
      }
      EXPECT_FALSE(PublicKey::from_spki(ByteView(spki).first(i)).ok());
    }
    Bytes longer = spki;
    longer.push_back(0);
    EXPECT_EQ(PublicKey::from_spki(longer).error(), Error::key_invalid);
  }
  EXPECT_EQ(PublicKey::from_spki({}).error(), Error::key_invalid);
  EXPECT_EQ(PublicKey::from_spki(Bytes(1000, 0x30)).error(), Error::key_invalid);
}

// The same P-256 key with a compressed point would have a second card_id.
TEST(PublicKey, CompressedPointIsRefused) {
  SystemRandom random;
  const Bytes spki = P256KeyPair::generate(random).spki();
  Bytes compressed = from_hex("3039301306072a8648ce3d020106082a8648ce3d030107032200").value();
  compressed.push_back(static_cast<std::uint8_t>(2 + (spki.back() & 1)));
  compressed.insert(compressed.end(), spki.begin() + 27, spki.begin() + 59);
  EXPECT_EQ(PublicKey::from_spki(compressed).error(), Error::key_invalid);
}

// The identity, the point of order 2, a point of order 8, and y = p (not canonical).
TEST(PublicKey, Ed25519PointsOfSmallOrderAreRefused) {
  for (const std::string_view point : {"0100000000000000000000000000000000000000000000000000000000000000",
                                       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                       "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                       "0000000000000000000000000000000000000000000000000000000000000000",
                                       "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    Bytes spki = from_hex("302a300506032b6570032100").value();
    const Bytes bytes = from_hex(point).value();
    spki.insert(spki.end(), bytes.begin(), bytes.end());
    EXPECT_EQ(PublicKey::from_spki(spki).error(), Error::key_invalid) << point;
  }
}

// RFC 8032 section 7.1, test 2.
TEST(Ed25519, Rfc8032) {
  const auto seed =
      SecretKey32::from(from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").value());
  const auto pair = Ed25519KeyPair::from_seed(seed.value());
  EXPECT_EQ(to_hex(ByteView(pair.spki()).last(32)),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(to_hex(pair.sign(Bytes{0x72})),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(pair.seed() == *seed);
}

TEST(Ed25519, VerifiesAndRefuses) {
  SystemRandom random;
  const auto pair = Ed25519KeyPair::generate(random);
  const auto key = PublicKey::from_spki(pair.spki());
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->kind(), KeyKind::ed25519);
  auto signature = pair.sign({});
  EXPECT_TRUE(key->verify({}, signature).ok());
  EXPECT_EQ(key->verify(as_bytes("x"), signature).error(), Error::signature_invalid);
  EXPECT_EQ(key->verify_der({}, signature).error(), Error::not_supported);
  // s + L: the same equation, a second signature (RFC 8032 section 5.1.7 demands s < L)
  const Bytes group_order =
      from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + group_order[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(key->verify({}, signature).ok());
}

TEST(CardId, IsTheHashOfTheSpki) { EXPECT_EQ(card_id(as_bytes("abc")), sha256({as_bytes("abc")})); }

}  // namespace
}  // namespace cardea::crypto
