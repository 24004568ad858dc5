// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/p256.h"

#include <gtest/gtest.h>

#include "core/crypto/signature.h"
#include "tests/support/scripted_random.h"

namespace cardea::crypto {
namespace {

Bytes order() { return from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value(); }

TEST(P256, ScalarRange) {
  EXPECT_EQ(P256KeyPair::from_scalar(Bytes(32)).error(), Error::key_invalid);
  EXPECT_EQ(P256KeyPair::from_scalar(order()).error(), Error::key_invalid);
  EXPECT_EQ(P256KeyPair::from_scalar(Bytes(32, 0xff)).error(), Error::key_invalid);
  EXPECT_FALSE(P256KeyPair::from_scalar(Bytes(31, 1)).ok());
  EXPECT_FALSE(P256KeyPair::from_scalar(Bytes(33, 1)).ok());
  Bytes last = order();
  last.back() -= 1;
  EXPECT_TRUE(P256KeyPair::from_scalar(last).ok());
  Bytes one(32);
  one.back() = 1;
  EXPECT_EQ(to_hex(P256KeyPair::from_scalar(one).value().point()).substr(0, 66),
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
}

// A draw outside of the range is thrown away, not reduced.
TEST(P256, GenerateDrawsAgain) {
  Bytes script(32, 0xff);
  const Bytes good(32, 0x42);
  script.insert(script.end(), good.begin(), good.end());
  test::ScriptedRandom random(script);
  EXPECT_EQ(to_bytes(P256KeyPair::generate(random).scalar().expose()), good);
  EXPECT_EQ(random.left(), 0u);
}

TEST(P256, PointsHaveOneForm) {
  SystemRandom random;
  const P256KeyPair pair = P256KeyPair::generate(random);
  EXPECT_TRUE(p256_point(pair.point()).ok());
  for (const std::uint8_t tag : {0, 2, 3, 5, 6, 7}) {  // infinity, compressed, unknown, hybrid
    P256Point changed = pair.point();
    changed[0] = tag;
    EXPECT_FALSE(p256_point(changed).ok());
    EXPECT_FALSE(p256_point(ByteView(changed).first(33)).ok());
  }
  EXPECT_FALSE(p256_point({}).ok());
  EXPECT_FALSE(p256_point(Bytes(1)).ok());
  EXPECT_FALSE(p256_point(Bytes(65)).ok());
  P256Point off = pair.point();
  off[64] ^= 1;
  EXPECT_FALSE(p256_point(off).ok());
  P256Point large{};  // x = p: the same field element as 0, but not in range
  large[0] = 4;
  const Bytes prime = from_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff").value();
  std::copy(prime.begin(), prime.end(), large.begin() + 1);
  EXPECT_FALSE(p256_point(large).ok());
}

TEST(P256, SpkiHasOneForm) {
  SystemRandom random;
  const P256KeyPair pair = P256KeyPair::generate(random);
  const Bytes spki = pair.spki();
  ASSERT_EQ(spki.size(), 91u);
  EXPECT_EQ(p256_point_from_spki(spki).value(), pair.point());
  EXPECT_EQ(PublicKey::from_spki(spki).value().spki(), spki);
  for (std::size_t i = 0; i < spki.size(); ++i) {
    Bytes changed = spki;
    changed[i] ^= 0x01;
    EXPECT_FALSE(p256_point_from_spki(changed).ok()) << i;
    EXPECT_FALSE(p256_point_from_spki(ByteView(spki).first(i)).ok()) << i;
  }
  Bytes longer = spki;
  longer.push_back(0);
  EXPECT_FALSE(p256_point_from_spki(longer).ok());
  EXPECT_FALSE(p256_spki(Bytes(65, 4)).ok());
}

TEST(P256, BothSidesAgree) {
  SystemRandom random;
  const P256KeyPair a = P256KeyPair::generate(random);
  const P256KeyPair b = P256KeyPair::generate(random);
  EXPECT_TRUE(a.dh(b.point()).value() == b.dh(a.point()).value());
  EXPECT_EQ(a.dh(Bytes(65, 4)).error(), Error::key_invalid);
  EXPECT_EQ(P256KeyPair::derive_key_pair(Bytes(31)).error(), Error::invalid_argument);
}

TEST(P256, SignsWhatPublicKeyVerifies) {
  SystemRandom random;
  const P256KeyPair pair = P256KeyPair::generate(random);
  const auto key = PublicKey::from_spki(pair.spki());
  for (int i = 0; i < 50; ++i) {  // short r or s comes once in 128
    const P256Signature signature = pair.sign(as_bytes("message"));
    ASSERT_TRUE(key->verify(as_bytes("message"), signature).ok());
    ASSERT_FALSE(key->verify(as_bytes("Message"), signature).ok());
  }
}

TEST(Ecdsa, DerIsStrict) {
  const auto refused = [](std::string_view hex_text) {
    return !ecdsa_from_der(from_hex(hex_text).value()).ok();
  };
  EXPECT_FALSE(refused("3006020101020102"));
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("30"));
  EXPECT_TRUE(
      refused("3006020101020102"
              "00"));                          // something behind
  EXPECT_TRUE(refused("300702010102010200"));  // something inside
  EXPECT_TRUE(refused("308106020101020102"));  // long length
  EXPECT_TRUE(
      refused("30070202000102"
              "0102"));                      // padded integer
  EXPECT_TRUE(refused("3006020181020102"));  // negative
  EXPECT_TRUE(refused("30050200020102"));    // empty integer
  EXPECT_TRUE(refused("3003020101"));        // one only
  EXPECT_TRUE(refused("3106020101020102"));  // SET
  EXPECT_TRUE(
      refused("3026"
              "022101" +
              std::string(64, '0') + "020102"));  // 33 bytes
  EXPECT_FALSE(ecdsa_to_der(Bytes(63, 1)).ok());
  EXPECT_FALSE(ecdsa_to_der(Bytes(65, 1)).ok());
  EXPECT_EQ(to_hex(ecdsa_to_der(Bytes(64)).value()), "3006020100020100");
}

}  // namespace
}  // namespace cardea::crypto
