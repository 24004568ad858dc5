// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hash.h"

#include <gtest/gtest.h>

namespace cardea::crypto {
namespace {

// FIPS 180-4 examples and RFC 4231 test case 2.
TEST(Hash, PublishedValues) {
  EXPECT_EQ(to_hex(sha256({as_bytes("abc")})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha512({as_bytes("abc")})),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), {as_bytes("what do ya want for nothing?")})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha512(as_bytes("Jefe"), {as_bytes("what do ya want for nothing?")})),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

TEST(Hash, PartsAreOneMessage) {
  EXPECT_EQ(sha256({as_bytes("a"), {}, as_bytes("bc")}), sha256({as_bytes("abc")}));
  EXPECT_EQ(hmac_sha256(as_bytes("k"), {as_bytes("a"), as_bytes("bc")}),
            hmac_sha256(as_bytes("k"), {as_bytes("abc")}));
}

// An empty key is a key of zeros (HMAC pads it), not "the key of the call before".
TEST(Hash, EmptyKey) {
  EXPECT_EQ(to_hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(hmac_sha512({}, {as_bytes("x")}), hmac_sha512(Bytes(64), {as_bytes("x")}));
}

}  // namespace
}  // namespace cardea::crypto
