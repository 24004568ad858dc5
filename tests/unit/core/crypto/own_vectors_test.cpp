// SPDX-License-Identifier: Apache-2.0
// Our own formats against a second implementation (tests/vectors/generate, Node's cryptography), and every
// single changed byte of each envelope.
#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "core/crypto/envelope.h"
#include "core/crypto/hpke.h"
#include "core/crypto/kdf.h"
#include "core/crypto/password_input.h"
#include "core/crypto/rsa.h"
#include "core/crypto/signature.h"
#include "tests/support/scripted_random.h"
#include "tests/unit/core/crypto/vector_file.h"

namespace cardea::crypto {
namespace {

using test::each;
using test::hex;
using test::Json;
using test::ScriptedRandom;

Json::Ptr envelopes() { return test::read_vectors("envelopes.json").extract<Json::Ptr>(); }
Bytes context_of(const Json& file) { return hex(*file.getObject("context"), "encoded"); }

using Opener = std::function<Result<SecretBytes>(ByteView envelope)>;

// Each byte with one bit changed, each shorter envelope, one longer: none opens, and only the first two bytes
// say "unknown format".
void expect_no_change_opens(const Bytes& envelope, const Opener& opener) {
  for (std::size_t i = 0; i < envelope.size(); ++i) {
    Bytes changed = envelope;
    changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1U << (i % 8)));
    const auto out = opener(changed);
    ASSERT_FALSE(out.ok()) << "byte " << i;
    EXPECT_EQ(out.error(), i < 2 ? Error::unknown_format : Error::decrypt_failed) << "byte " << i;
  }
  for (std::size_t size = 0; size < envelope.size(); ++size) {
    ASSERT_FALSE(opener(ByteView(envelope).first(size)).ok()) << "cut to " << size;
  }
  Bytes longer = envelope;
  longer.push_back(0);
  EXPECT_FALSE(opener(longer).ok());
}

TEST(OwnVectors, Context) {
  const auto given = envelopes()->getObject("context");
  const auto user = given->getValue<std::string>("user_id");
  const auto type = given->getValue<std::string>("object_type");
  const auto object = given->getValue<std::string>("object_id");
  EXPECT_EQ(encode({user, type, object, given->getValue<std::uint32_t>("version"),
                    given->getValue<std::uint32_t>("epoch")}),
            hex(*given, "encoded"));
}

TEST(OwnVectors, DeriveKey) {
  const auto file = envelopes();
  std::size_t seen = 0;
  each(file->get("derive_key"), [&](const Json& v) {
    const auto name = v.getValue<std::string>("label");
    const Label label = name == "cardea/v1/test-a" ? Label("cardea/v1/test-a") : Label("cardea/v1/test-b");
    EXPECT_EQ(to_bytes(derive_key(hex(v, "secret"), label, hex(v, "context")).expose()), hex(v, "key"));
    ++seen;
  });
  EXPECT_EQ(seen, 2u);
}

TEST(OwnVectors, AeadEnvelopes) {
  const auto file = envelopes();
  const Bytes context = context_of(*file);
  const auto count = each(file->get("aead"), [&](const Json& v) {
    const Bytes secret = hex(v, "secret");
    const Bytes envelope = hex(v, "envelope");
    ScriptedRandom random(hex(v, "nonce"));
    EXPECT_EQ(seal(secret, "cardea/v1/test-a", context, hex(v, "plaintext"), random).value(), envelope);
    const Opener opener = [&](ByteView e) { return open(secret, "cardea/v1/test-a", context, e); };
    EXPECT_EQ(to_bytes(opener(envelope).value().expose()), hex(v, "plaintext"));
    if (envelope.size() < 1000) expect_no_change_opens(envelope, opener);
  });
  EXPECT_EQ(count, 5u);
}

TEST(OwnVectors, HpkeEnvelopes) {
  const auto file = envelopes();
  const Bytes context = context_of(*file);
  const auto count = each(file->get("hpke"), [&](const Json& v) {
    const auto pair = P256KeyPair::from_scalar(hex(v, "recipient"));
    const Bytes envelope = hex(v, "envelope");
    ScriptedRandom random(hex(v, "ephemeral"));
    EXPECT_EQ(
        hpke_seal(pair.value().point(), "cardea/v1/test-a", context, hex(v, "plaintext"), random).value(),
        envelope);
    const Opener opener = [&](ByteView e) { return hpke_open(*pair, "cardea/v1/test-a", context, e); };
    EXPECT_EQ(to_bytes(opener(envelope).value().expose()), hex(v, "plaintext"));
    if (envelope.size() < 200) expect_no_change_opens(envelope, opener);
  });
  EXPECT_EQ(count, 5u);
}

TEST(OwnVectors, RsaEnvelopes) {
  const auto file = envelopes();
  const Bytes context = context_of(*file);
  const auto count = each(file->get("rsa"), [&](const Json& v) {
    const Bytes key = hex(v, "pkcs8");
    const RsaDecryptFunction card = [&](ByteView text) {
      return rsa_oaep_decrypt(key, OaepHash::sha1, {}, text);
    };
    const Bytes envelope = hex(v, "envelope");
    const Opener opener = [&](ByteView e) { return rsa_open(card, "cardea/v1/test-a", context, e); };
    EXPECT_EQ(to_bytes(opener(envelope).value().expose()), hex(v, "plaintext"));
    if (envelope.size() == 4 + 256 + kEnvelopeOverhead)
      expect_no_change_opens(envelope, opener);  // the empty text
  });
  EXPECT_EQ(count, 5u);
}

void check_signature(const Json& v) {
  const auto kind = v.getValue<std::string>("kind");
  SCOPED_TRACE(kind);
  const auto key = PublicKey::from_spki(hex(v, "spki"));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->kind(), kind == "p256" ? KeyKind::p256 : kind == "rsa" ? KeyKind::rsa : KeyKind::ed25519);
  const Bytes message = hex(v, "message");
  const Bytes signature = hex(v, "signature");
  EXPECT_TRUE(key->verify(message, signature).ok());
  EXPECT_FALSE(key->verify(as_bytes("another message"), signature).ok());
  for (std::size_t i = 0; i < signature.size(); ++i) {
    Bytes changed = signature;
    changed[i] = static_cast<std::uint8_t>(changed[i] ^ 0x40);
    EXPECT_EQ(key->verify(message, changed).error(), Error::signature_invalid) << "byte " << i;
    EXPECT_FALSE(key->verify(message, ByteView(signature).first(i)).ok()) << "cut to " << i;
  }
  if (kind == "rsa") {
    EXPECT_EQ(rsa_spki(hex(v, "modulus"), Bytes{0, 1, 0, 1}).value(), key->spki());
  }
  if (kind == "ed25519") {
    const auto pair = Ed25519KeyPair::from_seed(SecretKey32::from(hex(v, "seed")).value());
    EXPECT_EQ(to_bytes(pair.sign(message)), signature);
    EXPECT_EQ(pair.spki(), key->spki());
  }
}

TEST(OwnVectors, Signatures) { EXPECT_EQ(each(envelopes()->get("signatures"), check_signature), 3u); }

TEST(OwnVectors, RefusedKeys) {
  const auto count = each(envelopes()->get("refused_keys"), [](const Json& v) {
    const auto key = PublicKey::from_spki(hex(v, "spki"));
    ASSERT_FALSE(key.ok()) << v.getValue<std::string>("name");
    EXPECT_EQ(key.error(), Error::key_invalid);
  });
  EXPECT_EQ(count, 11u);
}

TEST(OwnVectors, AnswerNormalisation) {
  std::size_t refused = 0;
  const auto count = each(test::read_vectors("answer-normalisation.json"), [&](const Json& v) {
    const auto input = v.getValue<std::string>("input");
    SCOPED_TRACE(input);
    const auto out = normalise_answer(as_bytes(input));
    if (v.isNull("output")) {
      ++refused;
      EXPECT_FALSE(out.ok());
      return;
    }
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(out->expose_text(), v.getValue<std::string>("output"));
  });
  EXPECT_EQ(count, 84u);
  EXPECT_EQ(refused, 11u);
}

}  // namespace
}  // namespace cardea::crypto
