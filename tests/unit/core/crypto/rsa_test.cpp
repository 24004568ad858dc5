// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/rsa.h"

#include <gtest/gtest.h>

#include "core/crypto/p256.h"
#include "core/crypto/signature.h"

namespace cardea::crypto {
namespace {

// Odd, of full length; whether it has two prime factors nobody can see from outside.
Bytes modulus(std::size_t size) {
  Bytes out(size, 0xa5);
  return out;
}
const Bytes kExponent{1, 0, 1};

TEST(RsaSpki, LeadingZerosDoNotMatter) {
  Bytes padded = modulus(256);
  padded.insert(padded.begin(), 3, 0);
  EXPECT_EQ(rsa_spki(padded, Bytes{0, 0, 1, 0, 1}).value(), rsa_spki(modulus(256), kExponent).value());
}

TEST(RsaSpki, RefusesWhatCardsShouldNotHave) {
  EXPECT_TRUE(rsa_spki(modulus(512), kExponent).ok());
  EXPECT_FALSE(rsa_spki(modulus(513), kExponent).ok());
  EXPECT_FALSE(rsa_spki(modulus(255), kExponent).ok());
  EXPECT_FALSE(rsa_spki({}, kExponent).ok());
  EXPECT_FALSE(rsa_spki(modulus(256), {}).ok());
  EXPECT_FALSE(rsa_spki(modulus(256), Bytes{3}).ok());
  EXPECT_FALSE(rsa_spki(modulus(256), Bytes{1, 0, 0}).ok());  // even
  EXPECT_FALSE(rsa_spki(modulus(256), Bytes(9, 1)).ok());
  Bytes even = modulus(256);
  even.back() = 0;
  EXPECT_FALSE(rsa_spki(even, kExponent).ok());
}

TEST(RsaSeal, RefusesOtherKeys) {
  SystemRandom random;
  const Bytes ec = P256KeyPair::generate(random).spki();
  EXPECT_EQ(rsa_seal(ec, "cardea/v1/test-a", {}, as_bytes("x"), random).error(), Error::key_invalid);
  EXPECT_EQ(rsa_seal({}, "cardea/v1/test-a", {}, as_bytes("x"), random).error(), Error::key_invalid);
}

TEST(RsaOpen, TheCardIsNotAskedForNothing) {
  const RsaDecryptFunction never = [](ByteView) -> Result<SecretBytes> {
    ADD_FAILURE() << "the card was asked";
    return Error::internal;
  };
  Bytes envelope{1, 3, 0, 255};
  envelope.resize(2000);
  EXPECT_EQ(rsa_open(never, "cardea/v1/test-a", {}, envelope).error(), Error::decrypt_failed);
  envelope[2] = 2;
  envelope[3] = 1;
  EXPECT_EQ(rsa_open(never, "cardea/v1/test-a", {}, envelope).error(), Error::decrypt_failed);
  envelope[2] = 1;
  envelope[3] = 0;
  envelope.resize(4 + 256 + kEnvelopeOverhead - 1);
  EXPECT_EQ(rsa_open(never, "cardea/v1/test-a", {}, envelope).error(), Error::decrypt_failed);
  EXPECT_EQ(rsa_open(never, "cardea/v1/test-a", {}, {}).error(), Error::unknown_format);
}

TEST(RsaOpen, CardFailuresComeThrough) {
  Bytes envelope{1, 3, 1, 0};
  envelope.resize(4 + 256 + kEnvelopeOverhead);
  const RsaDecryptFunction pulled = [](ByteView) -> Result<SecretBytes> { return Error::card_removed; };
  EXPECT_EQ(rsa_open(pulled, "cardea/v1/test-a", {}, envelope).error(), Error::card_removed);
  const RsaDecryptFunction odd = [](ByteView) -> Result<SecretBytes> { return SecretBytes(16); };
  EXPECT_EQ(rsa_open(odd, "cardea/v1/test-a", {}, envelope).error(), Error::decrypt_failed);
}

// A short key that is sealed correctly: the size alone must be the reason.
TEST(RsaOpen, TheKeyHas32Bytes) {
  SystemRandom random;
  Bytes envelope{1, 3, 1, 0};
  envelope.resize(4 + 256);
  const auto open_with = [&](std::size_t key_size) {
    const Bytes key(key_size, 0x33);
    const Bytes body = seal(key, "cardea/v1/test-a", {}, as_bytes("text"), random).value();
    Bytes whole = envelope;
    whole.insert(whole.end(), body.begin(), body.end());
    const RsaDecryptFunction card = [&](ByteView) -> Result<SecretBytes> {
      return SecretBytes(ByteView(key));
    };
    return rsa_open(card, "cardea/v1/test-a", {}, whole).ok();
  };
  EXPECT_TRUE(open_with(32));
  EXPECT_FALSE(open_with(31));
  EXPECT_FALSE(open_with(33));
}

// The same key in other spellings would have other identifiers (card_id).
TEST(RsaSpki, BerIsRefused) {
  const Bytes spki = rsa_spki(modulus(256), kExponent).value();
  ASSERT_EQ(to_hex(ByteView(spki).first(4)), "30820122");
  Bytes long_length = spki;
  long_length[1] = 0x83;
  long_length.insert(long_length.begin() + 2, 0);
  EXPECT_EQ(PublicKey::from_spki(long_length).error(), Error::key_invalid);
  Bytes indefinite = spki;
  indefinite[1] = 0x80;
  indefinite.erase(indefinite.begin() + 2, indefinite.begin() + 4);
  indefinite.insert(indefinite.end(), 2, 0);
  EXPECT_EQ(PublicKey::from_spki(indefinite).error(), Error::key_invalid);
}

TEST(RsaOaep, BadKeysAndSizes) {
  EXPECT_EQ(rsa_oaep_decrypt(Bytes(10), OaepHash::sha1, {}, Bytes(256)).error(), Error::key_invalid);
  EXPECT_EQ(rsa_oaep_decrypt({}, OaepHash::sha1, {}, {}).error(), Error::key_invalid);
  const Bytes spki = rsa_spki(modulus(256), kExponent).value();
  EXPECT_EQ(rsa_oaep_encrypt(spki, OaepHash::sha1, Bytes(214)).value().size(), 256u);  // 256 - 2 * 20 - 2
  EXPECT_EQ(rsa_oaep_encrypt(spki, OaepHash::sha1, Bytes(215)).error(), Error::limit_exceeded);
  EXPECT_EQ(rsa_oaep_encrypt(spki, OaepHash::sha1, {}).error(), Error::invalid_argument);
  EXPECT_NE(rsa_oaep_encrypt(spki, OaepHash::sha1, Bytes(1)).value(),
            rsa_oaep_encrypt(spki, OaepHash::sha1, Bytes(1)).value());
}

}  // namespace
}  // namespace cardea::crypto
