// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hpke.h"

#include <gtest/gtest.h>

namespace cardea::crypto {
namespace {

class Hpke : public testing::Test {
 protected:
  SystemRandom random_;
  P256KeyPair card_ = P256KeyPair::generate(random_);
  Bytes context_ = encode({"user", "holder", "card", 1, 3});
  Bytes envelope_ =
      hpke_seal(card_.point(), "cardea/v1/test-a", context_, as_bytes("root key"), random_).value();
};

TEST_F(Hpke, OpensOnlyWhereItBelongs) {
  EXPECT_EQ(hpke_open(card_, "cardea/v1/test-a", context_, envelope_).value().expose_text(), "root key");
  EXPECT_EQ(hpke_open(card_, "cardea/v1/test-b", context_, envelope_).error(), Error::decrypt_failed);
  EXPECT_EQ(hpke_open(card_, "cardea/v1/test-a", encode({"user", "holder", "card", 1, 4}), envelope_).error(),
            Error::decrypt_failed);
  EXPECT_EQ(hpke_open(card_, "cardea/v1/test-a", encode({"user", "holder", "card", 2, 3}), envelope_).error(),
            Error::decrypt_failed);
  const P256KeyPair other = P256KeyPair::generate(random_);
  EXPECT_EQ(hpke_open(other, "cardea/v1/test-a", context_, envelope_).error(), Error::decrypt_failed);
}

// The card gives the raw x coordinate; its failures come through, so that "card pulled" is not told as "wrong
// key".
TEST_F(Hpke, TheCardDoesTheDh) {
  int asked = 0;
  const DhFunction card = [&](ByteView peer) {
    ++asked;
    return card_.dh(peer);
  };
  EXPECT_TRUE(hpke_open(card, card_.point(), "cardea/v1/test-a", context_, envelope_).ok());
  EXPECT_EQ(asked, 1);
  const DhFunction pulled = [](ByteView) -> Result<SecretBytes> { return Error::card_removed; };
  EXPECT_EQ(hpke_open(pulled, card_.point(), "cardea/v1/test-a", context_, envelope_).error(),
            Error::card_removed);
  const DhFunction odd = [](ByteView) -> Result<SecretBytes> { return SecretBytes(31); };
  EXPECT_FALSE(hpke_open(odd, card_.point(), "cardea/v1/test-a", context_, envelope_).ok());
}

// Invalid curve attack: a card that does not check points must never see a bad one.
TEST_F(Hpke, TheCardIsNotAskedAboutBadPoints) {
  const DhFunction never = [](ByteView) -> Result<SecretBytes> {
    ADD_FAILURE() << "the card was asked";
    return Error::internal;
  };
  for (const std::size_t position : {2u, 3u, 40u, 66u}) {
    Bytes changed = envelope_;
    changed[position] ^= 0x01;
    EXPECT_EQ(hpke_open(never, card_.point(), "cardea/v1/test-a", context_, changed).error(),
              Error::decrypt_failed);
  }
  EXPECT_EQ(
      hpke_open(never, card_.point(), "cardea/v1/test-a", context_, ByteView(envelope_).first(82)).error(),
      Error::decrypt_failed);
  Bytes aead = envelope_;
  aead[1] = 1;
  EXPECT_EQ(hpke_open(never, card_.point(), "cardea/v1/test-a", context_, aead).error(),
            Error::unknown_format);
}

TEST_F(Hpke, Limits) {
  EXPECT_EQ(hpke_seal(Bytes(65, 4), "cardea/v1/test-a", context_, {}, random_).error(), Error::key_invalid);
  EXPECT_EQ(hpke_seal(card_.point(), "cardea/v1/test-a", context_, Bytes(kMaxPlaintext + 1), random_).error(),
            Error::limit_exceeded);
  EXPECT_EQ(hpke_seal(card_.point(), "cardea/v1/test-a", Bytes(kMaxSealContext + 1), {}, random_).error(),
            Error::limit_exceeded);
  EXPECT_EQ(envelope_.size(), as_bytes("root key").size() + kHpkeOverhead);
}

}  // namespace
}  // namespace cardea::crypto
