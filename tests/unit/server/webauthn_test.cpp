// SPDX-License-Identifier: Apache-2.0
// What a browser sends for a WebAuthn key, and what a liar would (docs/spec/officers.md, "Sessions").
#include <gtest/gtest.h>

#include "tests/unit/server/webauthn_parts.h"

namespace cardea::server {
namespace {

using test::SoftKey;

class WebAuthn : public testing::Test {
 protected:
  Result<std::uint32_t> assertion(std::string_view type = "webauthn.get") {
    const Bytes client = key.client_data(type, challenge);
    const Bytes data = key.authenticator_data(with_key);
    return check_assertion({client, data, key.sign(data, client)}, party, challenge,
                           *crypto::PublicKey::from_spki(key.key.spki()));
  }
  Result<std::uint32_t> creation(std::string_view type = "webauthn.create") {
    const Bytes client = key.client_data(type, challenge);
    const Bytes data = key.authenticator_data(true);
    return check_new_key({client, data, {}}, party, challenge, Bytes(32, 0x42));
  }
  void expect_refused(const std::function<void(SoftKey&)>& spoil) {
    const SoftKey good = SoftKey::make();
    key.key = crypto::P256KeyPair::from_scalar(good.key.scalar().expose()).value();
    spoil(key);
    EXPECT_EQ(assertion().error(), Error::identity_not_accepted);
    EXPECT_EQ(creation().error(), Error::identity_not_accepted);
    key = SoftKey::make();
  }
  RelyingParty party{"server.test"};
  Bytes challenge = Bytes(32, 7);
  bool with_key = false;
  SoftKey key = SoftKey::make();
};

TEST_F(WebAuthn, AGoodKeyIsMadeAndSigns) {
  key.count = 9;
  EXPECT_EQ(assertion().value(), 9u);
  EXPECT_EQ(creation().value(), 9u);
  key.members = R"(,"crossOrigin":false,"other_keys_can_be_added_here":"do not compare")";
  EXPECT_TRUE(assertion().ok());
  // Extensions are CBOR and are not looked at.
  key.flags |= 0x80;
  key.extra = Bytes{0xa1, 0x01};
  EXPECT_TRUE(assertion().ok());
}

TEST_F(WebAuthn, ThePortOfAServerIsNoPartOfItsName) {
  const RelyingParty with_port("server.test:8443");
  EXPECT_EQ(with_port.origin, "https://server.test:8443");
  EXPECT_EQ(with_port.id_hash, party.id_hash);
  EXPECT_EQ(RelyingParty("[::1]").id_hash, crypto::sha256({as_bytes("[::1]")}));
  EXPECT_EQ(RelyingParty("[::1]:44").id_hash, crypto::sha256({as_bytes("[::1]")}));
}

TEST_F(WebAuthn, AnotherPageServerOrPersonIsRefused) {
  expect_refused([](SoftKey& it) { it.origin = "https://server.test.evil"; });
  expect_refused([](SoftKey& it) { it.origin = "http://server.test"; });
  expect_refused([](SoftKey& it) { it.host = "evil.test"; });
  expect_refused([](SoftKey& it) { it.flags = 0x01; });  // nobody was verified
  expect_refused([](SoftKey& it) { it.flags = 0x04; });  // nobody was there
  expect_refused([](SoftKey& it) { it.members = R"(,"crossOrigin":true)"; });
  expect_refused([](SoftKey& it) { it.members = R"(,"type":"webauthn.get")"; });  // twice
  expect_refused([](SoftKey& it) { it.members = R"(,"x":1.5)"; });
  expect_refused([](SoftKey& it) { it.members = "}{"; });
  expect_refused([](SoftKey& it) { it.members = ",\"x\":\"" + std::string(kMaxClientData, 'x') + "\""; });
}

TEST_F(WebAuthn, OneKindOfMessageIsNotTheOther) {
  EXPECT_EQ(assertion("webauthn.create").error(), Error::identity_not_accepted);
  EXPECT_EQ(creation("webauthn.get").error(), Error::identity_not_accepted);
  with_key = true;
  EXPECT_EQ(assertion().error(), Error::identity_not_accepted);
}

TEST_F(WebAuthn, AnotherChallengeKeyOrByteIsRefused) {
  const Bytes client = key.client_data("webauthn.get", challenge);
  const Bytes data = key.authenticator_data(false);
  const Bytes signature = key.sign(data, client);
  const auto check = [&](ByteView client_data, ByteView authenticator, ByteView sign, ByteView wanted,
                         const SoftKey& by) {
    return check_assertion({client_data, authenticator, sign}, party, wanted,
                           *crypto::PublicKey::from_spki(by.key.spki()));
  };
  ASSERT_TRUE(check(client, data, signature, challenge, key).ok());
  EXPECT_FALSE(check(client, data, signature, Bytes(32, 8), key).ok());
  EXPECT_FALSE(check(client, data, signature, challenge, SoftKey::make()).ok());
  for (std::size_t i = 0; i < data.size(); ++i) {
    Bytes spoilt = data;
    spoilt[i] ^= 1;
    EXPECT_FALSE(check(client, spoilt, signature, challenge, key).ok()) << i;
    EXPECT_FALSE(check(client, ByteView(data).first(i), signature, challenge, key).ok()) << i;
  }
  for (std::size_t i = 0; i < client.size(); ++i) {
    Bytes spoilt = client;
    spoilt[i] ^= 1;
    EXPECT_FALSE(check(spoilt, data, signature, challenge, key).ok()) << i;
  }
  for (std::size_t i = 0; i < signature.size(); ++i) {
    Bytes spoilt = signature;
    spoilt[i] ^= 1;
    EXPECT_FALSE(check(client, data, spoilt, challenge, key).ok()) << i;
  }
}

TEST_F(WebAuthn, BytesBehindTheDataNeedAFlag) {
  key.extra = Bytes{0};
  EXPECT_EQ(assertion().error(), Error::identity_not_accepted);
  EXPECT_EQ(parse_authenticator_data(Bytes(36)).error(), Error::invalid_argument);
  EXPECT_EQ(parse_authenticator_data(Bytes(kMaxAuthenticatorData + 1)).error(), Error::invalid_argument);
}

TEST_F(WebAuthn, ANewKeyIsTheOneInTheMessage) {
  const Bytes client = key.client_data("webauthn.create", challenge);
  const Bytes data = key.authenticator_data(true);
  EXPECT_FALSE(check_new_key({client, data, {}}, party, challenge, Bytes(32, 0x43)).ok());
  EXPECT_FALSE(check_new_key({client, data, {}}, party, challenge, Bytes(31, 0x42)).ok());
  EXPECT_FALSE(
      check_new_key({client, key.authenticator_data(false), {}}, party, challenge, Bytes(32, 0x42)).ok());
}

}  // namespace
}  // namespace cardea::server
