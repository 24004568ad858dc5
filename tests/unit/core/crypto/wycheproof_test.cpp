// SPDX-License-Identifier: Apache-2.0
// Project Wycheproof. The rule for "acceptable" and for valid cases that we leave out on purpose stands at
// each. Counts are asserted, so that an emptied file fails.
#include <map>

#include <gtest/gtest.h>

#include "core/crypto/aes_gcm.h"
#include "core/crypto/kdf.h"
#include "core/crypto/p256.h"
#include "core/crypto/rsa.h"
#include "core/crypto/signature.h"
#include "tests/unit/core/crypto/vector_file.h"

namespace cardea::crypto {
namespace {

using test::each_wycheproof;
using test::hex;
using test::Json;
using Counts = std::map<std::string, int>;

std::string id(const Json& vector) { return "tcId " + vector.getValue<std::string>("tcId"); }
std::string result(const Json& vector) { return vector.getValue<std::string>("result"); }

// We take 128 and 256-bit keys and 96-bit nonces; every other size must be refused, not computed.
TEST(Wycheproof, AesGcm) {
  Counts counts;
  each_wycheproof("wycheproof-aes_gcm_test.json", [&](const Json&, const Json& vector) {
    SCOPED_TRACE(id(vector));
    const Bytes key = hex(vector, "key");
    const Bytes nonce = hex(vector, "iv");
    const Bytes aad = hex(vector, "aad");
    const Bytes text = hex(vector, "msg");
    Bytes sealed = hex(vector, "ct");
    const Bytes tag = hex(vector, "tag");
    sealed.insert(sealed.end(), tag.begin(), tag.end());
    const auto opened = aes_gcm_open(key, nonce, aad, sealed);
    if (key.size() == 24 || nonce.size() != 12) {
      ++counts["refused size"];
      ASSERT_FALSE(opened.ok());
      EXPECT_EQ(opened.error(), key.size() == 24 ? Error::key_invalid : Error::invalid_argument);
      EXPECT_FALSE(aes_gcm_seal(key, nonce, aad, text).ok());
      return;
    }
    ++counts[result(vector)];
    ASSERT_EQ(opened.ok(), result(vector) == "valid");
    if (!opened.ok()) {
      EXPECT_EQ(opened.error(), Error::decrypt_failed);
      return;
    }
    EXPECT_EQ(to_bytes(opened->expose()), text);
    EXPECT_EQ(aes_gcm_seal(key, nonce, aad, text).value(), sealed);
  });
  EXPECT_EQ(counts["valid"], 79);
  EXPECT_EQ(counts["invalid"], 54);
  EXPECT_EQ(counts["refused size"], 183);
}

TEST(Wycheproof, HkdfSha256) {
  Counts counts;
  each_wycheproof("wycheproof-hkdf_sha256_test.json", [&](const Json&, const Json& vector) {
    SCOPED_TRACE(id(vector));
    ++counts[result(vector)];
    const auto out = hkdf_sha256(hex(vector, "ikm"), hex(vector, "salt"), hex(vector, "info"),
                                 vector.getValue<std::size_t>("size"));
    ASSERT_EQ(out.ok(), result(vector) == "valid");
    if (out.ok()) {
      EXPECT_EQ(to_bytes(out->expose()), hex(vector, "okm"));
    } else {
      EXPECT_EQ(out.error(), Error::limit_exceeded);
    }
  });
  EXPECT_EQ(counts["valid"], 83);
  EXPECT_EQ(counts["invalid"], 3);
}

// Java's encoding of the private numbers: a sign byte, or fewer bytes than 32.
Bytes scalar_of(const Json& vector) {
  Bytes scalar = hex(vector, "private");
  if (scalar.size() == 33 && scalar[0] == 0) scalar.erase(scalar.begin());
  if (scalar.size() < 32) scalar.insert(scalar.begin(), 32 - scalar.size(), 0);
  return scalar;
}

// "acceptable" is the compressed point: refused, we have one form only.
TEST(Wycheproof, EcdhP256) {
  Counts counts;
  each_wycheproof("wycheproof-ecdh_secp256r1_ecpoint_test.json", [&](const Json&, const Json& vector) {
    SCOPED_TRACE(id(vector));
    ++counts[result(vector)];
    const auto pair = P256KeyPair::from_scalar(scalar_of(vector));
    ASSERT_TRUE(pair.ok());
    const auto shared = pair->dh(hex(vector, "public"));
    ASSERT_EQ(shared.ok(), result(vector) == "valid");
    if (shared.ok()) {
      EXPECT_EQ(to_bytes(shared->expose()), hex(vector, "shared"));
    } else {
      EXPECT_EQ(shared.error(), Error::key_invalid);
    }
  });
  EXPECT_EQ(counts["valid"], 330);
  EXPECT_EQ(counts["invalid"], 24);
  EXPECT_EQ(counts["acceptable"], 1);
}

// Each valid signature must also be accepted in the raw form, and come back from it as the same DER.
TEST(Wycheproof, EcdsaP256Sha256) {
  Counts counts;
  each_wycheproof("wycheproof-ecdsa_secp256r1_sha256_test.json", [&](const Json& group, const Json& vector) {
    SCOPED_TRACE(id(vector));
    ++counts[result(vector)];
    const auto key = PublicKey::from_spki(hex(group, "publicKeyDer"));
    ASSERT_TRUE(key.ok());
    const Bytes message = hex(vector, "msg");
    const Bytes der = hex(vector, "sig");
    const bool valid = result(vector) == "valid";
    ASSERT_EQ(key->verify_der(message, der).ok(), valid);
    const auto raw = ecdsa_from_der(der);
    if (!raw.ok()) {
      EXPECT_FALSE(valid);
      ++counts["not DER"];
      return;
    }
    EXPECT_EQ(key->verify(message, *raw).ok(), valid);
    EXPECT_EQ(ecdsa_to_der(*raw).value(), der);
  });
  EXPECT_EQ(counts["valid"], 174);
  EXPECT_EQ(counts["invalid"], 310);
  EXPECT_GT(counts["not DER"], 150);
}

TEST(Wycheproof, RsaOaepSha256) {
  Counts counts;
  each_wycheproof(
      "wycheproof-rsa_oaep_2048_sha256_mgf1sha256_test.json", [&](const Json& group, const Json& vector) {
        SCOPED_TRACE(id(vector));
        ++counts[result(vector)];
        const Bytes key = hex(group, "privateKeyPkcs8");
        const auto out = rsa_oaep_decrypt(key, OaepHash::sha256, hex(vector, "label"), hex(vector, "ct"));
        ASSERT_EQ(out.ok(), result(vector) == "valid");
        if (out.ok()) {
          EXPECT_EQ(to_bytes(out->expose()), hex(vector, "msg"));
        } else {
          EXPECT_EQ(out.error(), Error::decrypt_failed);
        }
      });
  EXPECT_EQ(counts["valid"], 18);
  EXPECT_EQ(counts["invalid"], 19);
}

}  // namespace
}  // namespace cardea::crypto
