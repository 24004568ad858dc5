// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/oprf.h"

#include <gtest/gtest.h>

namespace cardea::crypto {
namespace {

// RFC 9496 appendix A.2: encodings that are not canonical, negative or not on the curve.
TEST(Ristretto, BadEncodings) {
  for (const std::string_view bad : {"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                     "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                     "0100000000000000000000000000000000000000000000000000000000000000",
                                     "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
                                     "0000000000000000000000000000000000000000000000000000000000000000"}) {
    const Bytes bytes = from_hex(bad).value();
    EXPECT_EQ(ristretto_element(bytes).error(), Error::key_invalid) << bad;
    SystemRandom random;
    EXPECT_FALSE(oprf_evaluate(ristretto_scalar_random(random), bytes).ok()) << bad;
    EXPECT_FALSE(ristretto_dh(ristretto_scalar_random(random), bytes).ok()) << bad;
  }
  EXPECT_FALSE(ristretto_element(Bytes(31, 1)).ok());
  EXPECT_FALSE(ristretto_element({}).ok());
}

TEST(Ristretto, ScalarsHaveOneForm) {
  const Bytes order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
  EXPECT_FALSE(ristretto_scalar(order).ok());
  EXPECT_FALSE(ristretto_scalar(Bytes(32)).ok());
  EXPECT_FALSE(ristretto_scalar(Bytes(32, 0xff)).ok());
  Bytes last = order;
  last[0] -= 1;
  EXPECT_TRUE(ristretto_scalar(last).ok());
}

TEST(Oprf, TheBlindDoesNotChangeTheOutput) {
  SystemRandom random;
  const auto key = oprf_derive_key(Bytes(32, 5), as_bytes("info"));
  const auto run = [&](std::string_view input) {
    const auto blinded = oprf_blind(as_bytes(input), random);
    const auto evaluated = oprf_evaluate(*key, blinded->element);
    return to_hex(oprf_finalize(as_bytes(input), blinded->blind, *evaluated).value().expose());
  };
  EXPECT_EQ(run("secret"), run("secret"));
  EXPECT_NE(run("secret"), run("Secret"));
  EXPECT_EQ(oprf_blind(Bytes(65536), random).error(), Error::limit_exceeded);
  EXPECT_EQ(oprf_derive_key(Bytes(31), {}).error(), Error::invalid_argument);
}

}  // namespace
}  // namespace cardea::crypto
