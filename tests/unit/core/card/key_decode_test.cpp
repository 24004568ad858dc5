// SPDX-License-Identifier: Apache-2.0
#include "core/card/key_decode.h"

#include <gtest/gtest.h>

#include "core/crypto/p256.h"

namespace cardea::card {
namespace {

const Bytes kParams = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

class EcDecode : public ::testing::Test {
 protected:
  SystemRandom random;
  crypto::P256KeyPair key = crypto::P256KeyPair::generate(random);
  Bytes point = to_bytes(key.point());
  Bytes wrapped() const {
    Bytes out = {0x04, 0x41};
    out.insert(out.end(), point.begin(), point.end());
    return out;
  }
};

TEST_F(EcDecode, TakesTheOctetStringAndTheBarePoint) {
  EXPECT_EQ(spki_from_ec(kParams, wrapped()).value(), key.spki());
  EXPECT_EQ(spki_from_ec(kParams, point).value(), key.spki());
}

TEST_F(EcDecode, RefusesEveryOtherLengthAndHead) {
  const Bytes good = wrapped();
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (size == point.size()) continue;
    EXPECT_EQ(spki_from_ec(kParams, ByteView(good).first(size)).error(), Error::key_invalid) << size;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_EQ(spki_from_ec(kParams, longer).error(), Error::key_invalid);
  for (std::size_t i = 0; i < 3; ++i) {
    Bytes changed = good;
    changed[i] ^= 0x01;
    EXPECT_FALSE(spki_from_ec(kParams, changed).ok()) << i;
  }
}

TEST_F(EcDecode, RefusesAPointOffTheCurve) {
  Bytes off = point;
  off.back() ^= 1;
  EXPECT_EQ(spki_from_ec(kParams, off).error(), Error::key_invalid);
}

TEST_F(EcDecode, RefusesOtherCurves) {
  Bytes p384 = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
  EXPECT_EQ(spki_from_ec(p384, point).error(), Error::key_invalid);
  EXPECT_EQ(spki_from_ec({}, point).error(), Error::key_invalid);
}

TEST(RsaDecode, RefusesWeakAndAbsurdKeys) {
  const Bytes exponent = {1, 0, 1};
  EXPECT_EQ(spki_from_rsa(Bytes(128, 0xff), exponent).error(), Error::key_invalid);   // 1,024 bits
  EXPECT_EQ(spki_from_rsa(Bytes(1024, 0xff), exponent).error(), Error::key_invalid);  // 8,192 bits
  EXPECT_EQ(spki_from_rsa(Bytes(2000, 0xff), exponent).error(), Error::key_invalid);
  EXPECT_EQ(spki_from_rsa({}, exponent).error(), Error::key_invalid);
  EXPECT_EQ(spki_from_rsa(Bytes(256, 0xff), {}).error(), Error::key_invalid);
  EXPECT_EQ(spki_from_rsa(Bytes(256, 0xff), Bytes{3}).error(), Error::key_invalid);
  EXPECT_TRUE(spki_from_rsa(Bytes(256, 0xff), exponent).ok());
}

}  // namespace
}  // namespace cardea::card
