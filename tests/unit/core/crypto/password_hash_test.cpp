// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/password_hash.h"

#include <gtest/gtest.h>

namespace cardea::crypto {
namespace {

std::span<const std::uint8_t, 16> salt() { return as_bytes("sixteenbytesalt!").first<16>(); }

// Made with the reference implementation (Debian argon2): argon2 'sixteenbytesalt!' -id -t 3 -k 65536 -p 1 -l
// 64 -r
TEST(Argon2id, ReferenceImplementation) {
  EXPECT_EQ(to_hex(argon2id(as_bytes("password"), salt(), kArgon2idFloor, 64).value().expose()),
            "c9ba8b1f8e75225c733d346c6c95f8d882c22958ca75c924280b7a240f89160f"
            "151ef8e12e91a66958c96bf0a32bb1a6919e608adb19996d8e961dc22d9f9086");
  EXPECT_EQ(
      to_hex(argon2id(as_bytes("CorrectHorse"), salt(), {std::uint64_t{128} << 20, 4}, 64).value().expose()),
      "74d5f07b01115c086a942ba475966ab04fb989dfad7deca683cc5ee485b601a0"
      "bb197382cf928613a780ca657dfb620ce006bc2e9ed57659f5ff816868a7019c");
}

TEST(Argon2id, RefusesLessThanTheFloorAndMoreThanTheCeiling) {
  const auto error = [](Argon2idCost cost) { return argon2id(as_bytes("p"), salt(), cost, 32).error(); };
  EXPECT_EQ(error({}), Error::kdf_too_weak);
  EXPECT_EQ(error({kArgon2idFloor.memory_bytes - 1, 3}), Error::kdf_too_weak);
  EXPECT_EQ(error({kArgon2idFloor.memory_bytes, 2}), Error::kdf_too_weak);
  EXPECT_EQ(error({UINT64_MAX, 2}), Error::kdf_too_weak);
  EXPECT_EQ(error({UINT64_MAX, 3}), Error::limit_exceeded);
  EXPECT_EQ(error({kArgon2idCeiling.memory_bytes + 1, 3}), Error::limit_exceeded);
  EXPECT_EQ(error({kArgon2idFloor.memory_bytes, 17}), Error::limit_exceeded);
  EXPECT_EQ(argon2id(as_bytes("p"), salt(), kArgon2idFloor, 15).error(), Error::invalid_argument);
  EXPECT_EQ(argon2id(as_bytes("p"), salt(), kArgon2idFloor, 65).error(), Error::invalid_argument);
}

}  // namespace
}  // namespace cardea::crypto
