// SPDX-License-Identifier: Apache-2.0
// The official vectors of RFC 9180 (HPKE), RFC 9496 (ristretto255), RFC 9497 (OPRF) and RFC 9807 (OPAQUE).
// Where the RFC fixes what is random, the functions get it as a scripted Random: they are the ones the
// programs call.
#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "core/crypto/hpke.h"
#include "core/crypto/opaque.h"
#include "core/crypto/ristretto255.h"
#include "tests/support/scripted_random.h"
#include "tests/unit/core/crypto/vector_file.h"

namespace cardea::crypto {
namespace {

using test::each;
using test::hex;
using test::Json;
using test::read_vectors;
using test::ScriptedRandom;

struct HpkePair {
  HpkeContext sender;
  HpkeContext recipient;
};

HpkePair hpke_pair(const Json& setup) {
  const auto ephemeral = P256KeyPair::from_scalar(hex(setup, "skEm"));
  const auto own = P256KeyPair::from_scalar(hex(setup, "skRm"));
  const Bytes info = hex(setup, "info");
  auto sender = hpke_setup_sender(HpkeAead::aes_128_gcm, hex(setup, "pkRm"), info, *ephemeral);
  EXPECT_EQ(to_bytes(sender.value().enc), hex(setup, "enc"));
  auto recipient = hpke_setup_recipient(
      HpkeAead::aes_128_gcm, [&](ByteView peer) { return own->dh(peer); }, own->point(), hex(setup, "enc"),
      info);
  return {std::move(sender.value().context), std::move(recipient).value()};
}

TEST(Rfc9180, DeriveKeyPair) {
  const auto setup = read_vectors("hpke-p256-aes128gcm-base.json").extract<Json::Ptr>()->getObject("setup");
  for (const auto& [ikm, scalar, point] :
       {std::tuple("ikmE", "skEm", "pkEm"), std::tuple("ikmR", "skRm", "pkRm")}) {
    const auto pair = P256KeyPair::derive_key_pair(hex(*setup, ikm));
    ASSERT_TRUE(pair.ok());
    EXPECT_EQ(to_bytes(pair->scalar().expose()), hex(*setup, scalar));
    EXPECT_EQ(to_bytes(pair->point()), hex(*setup, point));
  }
}

TEST(Rfc9180, Encryptions) {
  const auto file = read_vectors("hpke-p256-aes128gcm-base.json").extract<Json::Ptr>();
  HpkePair pair = hpke_pair(*file->getObject("setup"));
  std::uint64_t sequence = 0;
  const auto count = each(file->get("encryptions"), [&](const Json& vector) {
    for (; sequence < vector.getValue<std::uint64_t>("sequence_number");
         ++sequence) {  // the file leaves some out
      const auto skipped = pair.sender.seal({}, {});
      ASSERT_TRUE(pair.recipient.open({}, *skipped).ok());
    }
    const auto sealed = pair.sender.seal(hex(vector, "aad"), hex(vector, "pt"));
    EXPECT_EQ(*sealed, hex(vector, "ct"));
    EXPECT_FALSE(pair.recipient.open(as_bytes("other"), *sealed).ok());
    const auto opened = pair.recipient.open(hex(vector, "aad"), *sealed);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(to_bytes(opened->expose()), hex(vector, "pt"));
    ++sequence;
  });
  EXPECT_EQ(count, 6u);
}

TEST(Rfc9180, Exports) {
  const auto file = read_vectors("hpke-p256-aes128gcm-base.json").extract<Json::Ptr>();
  const HpkePair pair = hpke_pair(*file->getObject("setup"));
  const auto count = each(file->get("exports"), [&](const Json& vector) {
    for (const HpkeContext* side : {&pair.sender, &pair.recipient}) {
      const auto out =
          side->export_secret(hex(vector, "exporter_context"), vector.getValue<std::size_t>("L"));
      EXPECT_EQ(to_bytes(out.value().expose()), hex(vector, "exported_value"));
    }
  });
  EXPECT_EQ(count, 3u);
}

Bytes text_hex(const Poco::Dynamic::Var& text) { return from_hex(text.convert<std::string>()).value(); }

TEST(Rfc9496, Vectors) {
  const auto file = read_vectors("ristretto255.json").extract<Json::Ptr>();
  const auto multiples = file->getArray("multiples_of_the_generator");
  ASSERT_EQ(multiples->size(), 16u);
  EXPECT_FALSE(ristretto_multiply_base(RistrettoScalar()).ok());  // the identity is no element for us
  for (unsigned i = 1; i < 16; ++i) {
    RistrettoScalar scalar;
    scalar.expose_mutable()[0] = static_cast<std::uint8_t>(i);
    const Bytes expected = text_hex(multiples->get(i));
    EXPECT_EQ(to_bytes(ristretto_multiply_base(scalar).value()), expected) << i;
    EXPECT_EQ(to_bytes(ristretto_multiply(scalar, text_hex(multiples->get(1))).value()), expected) << i;
    EXPECT_TRUE(ristretto_element(expected).ok()) << i;
  }
  const auto bad = file->getArray("bad_encodings");
  ASSERT_EQ(bad->size(), 29u);
  for (const auto& encoding : *bad)
    EXPECT_EQ(ristretto_element(text_hex(encoding)).error(), Error::key_invalid) << encoding.toString();
  const auto derived = each(file->get("element_derivation"), [](const Json& vector) {
    const Bytes uniform = hex(vector, "input");
    EXPECT_EQ(to_bytes(ristretto_from_uniform(ByteView(uniform).first<64>())), hex(vector, "output"));
  });
  EXPECT_EQ(derived, 11u);
}

// A blind as the 64 bytes that reduce to it.
Bytes blind_draw(const Bytes& scalar) { return ByteBuilder().raw(scalar).raw(Bytes(32)).take(); }

TEST(Rfc9497, Vectors) {
  std::size_t count = 0;
  each(read_vectors("oprf-ristretto255-sha512.json"), [&](const Json& suite) {
    ASSERT_EQ(suite.getValue<int>("mode"), 0);
    const auto key = oprf_derive_key(hex(suite, "seed"), hex(suite, "keyInfo"));
    EXPECT_EQ(to_bytes(key.value().expose()), hex(suite, "skSm"));
    count += each(suite.get("vectors"), [&](const Json& vector) {
      ScriptedRandom random(blind_draw(hex(vector, "Blind")));
      const Bytes input = hex(vector, "Input");
      const auto blinded = oprf_blind(input, random);
      EXPECT_EQ(to_bytes(blinded.value().element), hex(vector, "BlindedElement"));
      const auto evaluated = oprf_evaluate(*key, blinded->element);
      EXPECT_EQ(to_bytes(evaluated.value()), hex(vector, "EvaluationElement"));
      const auto output = oprf_finalize(input, blinded->blind, *evaluated);
      EXPECT_EQ(to_bytes(output.value().expose()), hex(vector, "Output"));
    });
  });
  EXPECT_EQ(count, 2u);
}

const KeyStretch kIdentityStretch = [](const SecretArray<64>& output) -> Result<SecretArray<64>> {
  return output.clone();
};

struct OpaqueVector {
  explicit OpaqueVector(const Json& vector)
      : in(*vector.getObject("inputs")),
        out(*vector.getObject("outputs")),
        context_bytes(hex(*vector.getObject("config"), "Context")),
        client(in.has("client_identity") ? hex(in, "client_identity") : Bytes{}),
        server(in.has("server_identity") ? hex(in, "server_identity") : Bytes{}) {}
  [[nodiscard]] OpaqueIdentities identities() const { return {server, client}; }
  [[nodiscard]] std::string_view context() const { return as_text(context_bytes); }
  [[nodiscard]] OpaqueServer make_server() const {
    return OpaqueServer::from_rfc(SecretArray<64>::from(hex(in, "oprf_seed")).value(),
                                  hex(in, "server_private_key"))
        .value();
  }
  [[nodiscard]] ScriptedRandom server_random() const {
    return ScriptedRandom(ByteBuilder()
                              .raw(hex(in, "masking_nonce"))
                              .raw(hex(in, "server_nonce"))
                              .raw(hex(in, "server_keyshare_seed"))
                              .take());
  }
  Json in;
  Json out;
  Bytes context_bytes;
  Bytes client;
  Bytes server;
};

void check_registration(const OpaqueVector& v, const OpaqueServer& server) {
  ScriptedRandom random(
      ByteBuilder().raw(blind_draw(hex(v.in, "blind_registration"))).raw(hex(v.in, "envelope_nonce")).take());
  auto client = OpaqueClientRegistration::start(hex(v.in, "password"), random);
  const Bytes request = client.value().request().serialise();
  EXPECT_EQ(request, hex(v.out, "registration_request"));
  const auto response = server.registration_response(RegistrationRequest::parse(request).value(),
                                                     hex(v.in, "credential_identifier"));
  EXPECT_EQ(response.value().serialise(), hex(v.out, "registration_response"));
  const auto done = std::move(*client).finalize(*response, v.identities(), kIdentityStretch, random);
  EXPECT_EQ(done.value().record.serialise(), hex(v.out, "registration_upload"));
  EXPECT_EQ(to_bytes(done->export_key.expose()), hex(v.out, "export_key"));
  EXPECT_EQ(random.left(), 0u);
}

void check_login(const OpaqueVector& v, const OpaqueServer& server) {
  ScriptedRandom random(ByteBuilder()
                            .raw(blind_draw(hex(v.in, "blind_login")))
                            .raw(hex(v.in, "client_nonce"))
                            .raw(hex(v.in, "client_keyshare_seed"))
                            .take());
  auto client = OpaqueClientLogin::start(hex(v.in, "password"), random);
  EXPECT_EQ(client.value().ke1().serialise(), hex(v.out, "KE1"));
  EXPECT_EQ(random.left(), 0u);
  const auto record = RegistrationRecord::parse(hex(v.out, "registration_upload"));
  ScriptedRandom server_random = v.server_random();
  auto attempt = server.login_start(client->ke1(), &record.value(), hex(v.in, "credential_identifier"),
                                    v.identities(), server_random, v.context());
  const Bytes ke2 = attempt.value().ke2().serialise();
  EXPECT_EQ(ke2, hex(v.out, "KE2"));
  EXPECT_EQ(server_random.left(), 0u);
  const auto session =
      std::move(*client).finish(Ke2::parse(ke2).value(), v.identities(), kIdentityStretch, v.context());
  EXPECT_EQ(session.value().ke3.serialise(), hex(v.out, "KE3"));
  EXPECT_EQ(to_bytes(session->session_key.expose()), hex(v.out, "session_key"));
  EXPECT_EQ(to_bytes(session->export_key.expose()), hex(v.out, "export_key"));
  const auto key = std::move(*attempt).finish(session->ke3);
  EXPECT_EQ(to_bytes(key.value().expose()), hex(v.out, "session_key"));
}

void check_fake(const OpaqueVector& v, const OpaqueServer& server) {
  const Bytes record = ByteBuilder()
                           .raw(hex(v.in, "client_public_key"))
                           .raw(hex(v.in, "masking_key"))
                           .raw(Bytes(OpaqueEnvelope::kSize))
                           .take();
  ScriptedRandom random = v.server_random();
  const auto fake = RegistrationRecord::parse(record);
  const auto attempt =
      server.login_start(Ke1::parse(hex(v.in, "KE1")).value(), &fake.value(),
                         hex(v.in, "credential_identifier"), v.identities(), random, v.context());
  EXPECT_EQ(attempt.value().ke2().serialise(), hex(v.out, "KE2"));
}

TEST(Rfc9807, Vectors) {
  std::size_t real = 0;
  std::size_t fake = 0;
  each(read_vectors("opaque-ristretto255-sha512.json"), [&](const Json& vector) {
    const OpaqueVector v(vector);
    const OpaqueServer server = v.make_server();
    EXPECT_EQ(to_bytes(server.public_key()), hex(v.in, "server_public_key"));
    if (vector.getObject("config")->getValue<std::string>("Fake") == "True") {
      check_fake(v, server);
      ++fake;
    } else {
      check_registration(v, server);
      check_login(v, server);
      ++real;
    }
  });
  EXPECT_EQ(real, 2u);
  EXPECT_EQ(fake, 1u);
}

}  // namespace
}  // namespace cardea::crypto
