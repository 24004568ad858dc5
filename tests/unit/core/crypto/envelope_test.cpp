// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/envelope.h"

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "core/crypto/aes_gcm.h"
#include "core/crypto/hash.h"
#include "core/crypto/kdf.h"

namespace cardea::crypto {
namespace {

const Bytes kSecret(32, 0x11);
constexpr ObjectContext kContext{"user", "record", "r1", 7, 2};

Bytes sealed() {
  SystemRandom random;
  return seal(kSecret, "cardea/v1/test-a", encode(kContext), as_bytes("a secret"), random).value();
}

Error open_error(ByteView secret, Label label, const ObjectContext& context, ByteView envelope) {
  const auto out = open(secret, label, encode(context), envelope);
  return out.ok() ? Error::internal : out.error();
}

TEST(Envelope, OpensOnlyWhereItBelongs) {
  const Bytes envelope = sealed();
  EXPECT_EQ(open(kSecret, "cardea/v1/test-a", encode(kContext), envelope).value().expose_text(), "a secret");
  EXPECT_EQ(open_error(kSecret, "cardea/v1/test-b", kContext, envelope), Error::decrypt_failed);
  EXPECT_EQ(open_error(Bytes(32, 0x12), "cardea/v1/test-a", kContext, envelope), Error::decrypt_failed);
  const ObjectContext moved[] = {{"user2", "record", "r1", 7, 2}, {"user", "holder", "r1", 7, 2},
                                 {"user", "record", "r2", 7, 2},  {"user", "record", "r1", 6, 2},
                                 {"user", "record", "r1", 7, 1},  {"use", "rrecord", "r1", 7, 2}};
  for (const ObjectContext& context : moved) {
    EXPECT_EQ(open_error(kSecret, "cardea/v1/test-a", context, envelope), Error::decrypt_failed);
  }
}

// Label and context stand side by side in the key derivation; the context is in the associated data as well,
// so sliding the border between them does not help.
TEST(Envelope, LabelDoesNotFlowIntoContext) {
  SystemRandom random;
  const Bytes envelope = seal(kSecret, "cardea/v1/test", as_bytes("-ab"), as_bytes("x"), random).value();
  EXPECT_TRUE(open(kSecret, "cardea/v1/test", as_bytes("-ab"), envelope).ok());
  EXPECT_FALSE(open(kSecret, "cardea/v1/test-a", as_bytes("b"), envelope).ok());
}

TEST(Envelope, AKeyOpensIntoItsOwnMemory) {
  SystemRandom random;
  const SecretKey32 key = random.secret<32>();
  const Bytes envelope = seal(kSecret, "cardea/v1/test-a", encode(kContext), key.expose(), random).value();
  EXPECT_EQ(open_key(kSecret, "cardea/v1/test-a", encode(kContext), envelope).value(), key);
  EXPECT_EQ(open_key(kSecret, "cardea/v1/test-b", encode(kContext), envelope).error(), Error::decrypt_failed);
  for (std::size_t i = 2; i < envelope.size(); ++i) {
    Bytes changed = envelope;
    changed[i] ^= 1;
    EXPECT_EQ(open_key(kSecret, "cardea/v1/test-a", encode(kContext), changed).error(), Error::decrypt_failed)
        << i;
  }
  EXPECT_EQ(open_key(kSecret, "cardea/v1/test-a", encode(kContext), sealed()).error(), Error::decrypt_failed)
      << "not 32 bytes";
}

TEST(Envelope, WhatIsNotGenuineIsWiped) {
  const Bytes nonce(kAesGcmNonceSize, 1);
  Bytes ciphertext = aes_gcm_seal(kSecret, nonce, {}, as_bytes("a secret")).value();
  Bytes out(8);
  ASSERT_TRUE(aes_gcm_open_into(kSecret, nonce, {}, ciphertext, out).ok());
  EXPECT_EQ(as_text(out), "a secret");
  ciphertext.back() ^= 1;
  EXPECT_EQ(aes_gcm_open_into(kSecret, nonce, {}, ciphertext, out).error(), Error::decrypt_failed);
  EXPECT_EQ(out, Bytes(8));
}

TEST(Envelope, NeverTheSameTwice) { EXPECT_NE(sealed(), sealed()); }

TEST(Envelope, Limits) {
  SystemRandom random;
  const Bytes most(kMaxPlaintext, 'p');
  const auto full = seal(kSecret, "cardea/v1/test-a", {}, most, random);
  ASSERT_TRUE(full.ok());
  EXPECT_EQ(full->size(), kMaxPlaintext + kEnvelopeOverhead);
  EXPECT_EQ(to_bytes(open(kSecret, "cardea/v1/test-a", {}, *full).value().expose()), most);
  EXPECT_EQ(seal(kSecret, "cardea/v1/test-a", {}, Bytes(kMaxPlaintext + 1), random).error(),
            Error::limit_exceeded);
  Bytes longer = *full;
  longer.push_back(0);
  EXPECT_EQ(open(kSecret, "cardea/v1/test-a", {}, longer).error(), Error::decrypt_failed);
  EXPECT_EQ(seal(kSecret, "cardea/v1/test-a", Bytes(kMaxSealContext + 1), {}, random).error(),
            Error::limit_exceeded);
  EXPECT_EQ(seal(Bytes(14), "cardea/v1/test-a", {}, {}, random).error(), Error::invalid_argument);
  EXPECT_EQ(seal({}, "cardea/v1/test-a", {}, {}, random).error(), Error::invalid_argument);
  EXPECT_EQ(seal(Bytes(1025), "cardea/v1/test-a", {}, {}, random).error(), Error::limit_exceeded);
}

TEST(Envelope, KnowsNoOtherFormat) {
  Bytes envelope = sealed();
  for (const auto& [position, value] :
       {std::pair(0, 0), std::pair(0, 2), std::pair(1, 0), std::pair(1, 2), std::pair(1, 3)}) {
    Bytes changed = envelope;
    changed[static_cast<std::size_t>(position)] = static_cast<std::uint8_t>(value);
    EXPECT_EQ(open_error(kSecret, "cardea/v1/test-a", kContext, changed), Error::unknown_format);
  }
  EXPECT_EQ(open_error(kSecret, "cardea/v1/test-a", kContext, {}), Error::unknown_format);
}

// The attack the commitment is there for: GCM accepts this text under the key, and a reader that left the
// commitment unchecked would hand it out.
TEST(Envelope, CommitmentIsCheckedThoughGcmWouldAccept) {
  const Bytes context = encode(kContext);
  const auto key = derive_key(kSecret, "cardea/v1/test-a", context);
  const Bytes header{1, 1};
  const Bytes nonce(12, 9);
  const auto body =
      aes_gcm_seal(key.expose(), nonce, ByteBuilder().raw(header).raw(context).view(), as_bytes("forged"));
  const auto with = [&](ByteView commitment) {
    return ByteBuilder().raw(header).raw(commitment).raw(nonce).raw(*body).take();
  };
  const auto right = hmac_sha256(key.expose(), {as_bytes("cardea/v1/commit")});
  EXPECT_TRUE(open(kSecret, "cardea/v1/test-a", context, with(right)).ok());
  EXPECT_FALSE(open(kSecret, "cardea/v1/test-a", context, with(Bytes(32))).ok());
  EXPECT_FALSE(
      open(kSecret, "cardea/v1/test-a", context, with(hmac_sha256(Bytes(32), {as_bytes("cardea/v1/commit")})))
          .ok());
}

}  // namespace
}  // namespace cardea::crypto
