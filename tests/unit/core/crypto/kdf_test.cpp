// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/kdf.h"

#include <type_traits>

#include <gtest/gtest.h>

#include "core/crypto/context.h"
#include "core/crypto/hash.h"

namespace cardea::crypto {
namespace {

// A label from run-time text would let a stranger choose what a key is for; it does not convert.
static_assert(!std::is_constructible_v<Label, int>);
static_assert(Label("cardea/v1/a").text() == "cardea/v1/a");

TEST(Kdf, ExpandChecksItsLimits) {
  const Bytes key(32, 1);
  EXPECT_EQ(hkdf_sha256_expand(key, {}, 0).error(), Error::limit_exceeded);
  EXPECT_TRUE(hkdf_sha256_expand(key, {}, 255 * 32).ok());
  EXPECT_EQ(hkdf_sha256_expand(key, {}, 255 * 32 + 1).error(), Error::limit_exceeded);
  EXPECT_TRUE(hkdf_sha512_expand(key, {}, 255 * 64).ok());
  EXPECT_EQ(hkdf_sha512_expand(key, {}, 255 * 64 + 1).error(), Error::limit_exceeded);
  EXPECT_TRUE(hkdf_sha256_expand(key, Bytes(kHkdfMaxInfo), 32).ok());
  EXPECT_EQ(hkdf_sha256_expand(key, Bytes(kHkdfMaxInfo + 1), 32).error(), Error::limit_exceeded);
  EXPECT_EQ(hkdf_sha256_expand({}, {}, 32).error(), Error::invalid_argument);
}

// HKDF-SHA512's first block, written out after RFC 5869 section 2.3.
TEST(Kdf, Sha512ExpandIsHmac) {
  const auto key = hkdf_sha512_extract(as_bytes("salt"), as_bytes("secret"));
  EXPECT_EQ(to_hex(key.expose()), to_hex(hmac_sha512(as_bytes("salt"), {as_bytes("secret")})));
  const auto out = hkdf_sha512_expand(key.expose(), as_bytes("info"), 64);
  EXPECT_EQ(to_bytes(out.value().expose()),
            to_bytes(hmac_sha512(key.expose(), {as_bytes("info"), Bytes{1}})));
}

TEST(Kdf, DeriveKeySeparates) {
  const Bytes secret(32, 7);
  const auto base = derive_key(secret, "cardea/v1/a", as_bytes("context"));
  EXPECT_TRUE(base == derive_key(secret, "cardea/v1/a", as_bytes("context")));
  EXPECT_FALSE(base == derive_key(secret, "cardea/v1/b", as_bytes("context")));
  EXPECT_FALSE(base == derive_key(secret, "cardea/v1/a", as_bytes("other")));
  EXPECT_FALSE(base == derive_key(Bytes(32, 8), "cardea/v1/a", as_bytes("context")));
}

// Fields can't flow into one another, whatever they hold.
TEST(Context, FieldsAreSeparated) {
  EXPECT_NE(encode({"ab", "c", "d", 0, 0}), encode({"a", "bc", "d", 0, 0}));
  EXPECT_NE(encode({"", "a", "b", 0, 0}), encode({"a", "", "b", 0, 0}));
  EXPECT_NE(encode({"a", "b", "c", 1, 2}), encode({"a", "b", "c", 2, 1}));
  EXPECT_EQ(to_hex(encode({"u", "t", "i", 1, 0xfffffffe})),
            "000175000174000169"
            "00000001"
            "fffffffe");
  const std::string longest(255, 'x');
  EXPECT_LE(encode({longest, longest, longest, 0, 0}).size() + 64, kHkdfMaxInfo);
  const std::string too_long(256, 'x');
  EXPECT_THROW(encode({too_long, "t", "i", 0, 0}), std::length_error);
}

}  // namespace
}  // namespace cardea::crypto
