// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/opaque.h"

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "tests/support/scripted_random.h"

namespace cardea::crypto {
namespace {

const KeyStretch kNoStretch = [](const SecretArray<64>& output) -> Result<SecretArray<64>> {
  return output.clone();
};

class Opaque : public testing::Test {
 protected:
  OpaqueRegistered enrol(std::string_view password, const KeyStretch& stretch = kNoStretch) {
    auto client = OpaqueClientRegistration::start(as_bytes(password), random_);
    const auto response = server_.registration_response(client.value().request(), as_bytes("anna/a"));
    return std::move(*client).finalize(response.value(), identities_, stretch, random_).value();
  }
  struct Login {
    OpaqueClientLogin client;
    OpaqueServerLogin server;
  };
  Login begin(std::string_view password, const RegistrationRecord* record,
              std::string_view account = "anna/a") {
    auto client = OpaqueClientLogin::start(as_bytes(password), random_);
    auto server = server_.login_start(client.value().ke1(), record, as_bytes(account), identities_, random_);
    return {std::move(*client), std::move(server).value()};
  }
  Result<OpaqueClientSession> finish(Login& login, const Ke2& ke2,
                                     std::string_view context = kOpaqueContext) {
    return std::move(login.client).finish(ke2, identities_, kNoStretch, context);
  }

  SystemRandom random_;
  OpaqueServer server_ = OpaqueServer::from_secrets(random_.secret<32>(), random_.secret<32>()).value();
  OpaqueIdentities identities_{as_bytes("cardea.example.org"), as_bytes("anna")};
};

TEST_F(Opaque, WholeWalkWithArgon2id) {
  const auto stretch = argon2id_stretch();
  ASSERT_TRUE(stretch.ok());
  const OpaqueRegistered enrolled = enrol("correct horse", *stretch);
  Login login = begin("correct horse", &enrolled.record);
  const auto session = std::move(login.client).finish(login.server.ke2(), identities_, *stretch);
  ASSERT_TRUE(session.ok());
  EXPECT_TRUE(session->export_key == enrolled.export_key);
  EXPECT_EQ(session->server_public_key, server_.public_key());
  const auto key = std::move(login.server).finish(session->ke3);
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(*key == session->session_key);
}

TEST_F(Opaque, WeakStretchingIsRefused) {
  EXPECT_EQ(argon2id_stretch({std::uint64_t{32} << 20, 3}).error(), Error::kdf_too_weak);
  EXPECT_EQ(argon2id_stretch({std::uint64_t{64} << 20, 1}).error(), Error::kdf_too_weak);
  EXPECT_EQ(argon2id_stretch({std::uint64_t{4} << 30, 3}).error(), Error::limit_exceeded);
}

TEST_F(Opaque, WrongPasswordAndWrongIdentitiesAreOneError) {
  const OpaqueRegistered enrolled = enrol("right");
  Login wrong = begin("wrong", &enrolled.record);
  EXPECT_EQ(finish(wrong, wrong.server.ke2()).error(), Error::identity_not_accepted);
  Login moved = begin("right", &enrolled.record, "bert/a");
  EXPECT_EQ(finish(moved, moved.server.ke2()).error(), Error::identity_not_accepted);
  Login other_context = begin("right", &enrolled.record);
  EXPECT_EQ(finish(other_context, other_context.server.ke2(), "cardea/v2/opaque").error(),
            Error::identity_not_accepted);
  Login renamed = begin("right", &enrolled.record);
  identities_.client = as_bytes("bert");
  EXPECT_EQ(finish(renamed, renamed.server.ke2()).error(), Error::identity_not_accepted);
}

// Every changed byte of KE2 is noticed by the client, every changed byte of KE3 by the server.
TEST_F(Opaque, ChangedMessagesAreNoticed) {
  const OpaqueRegistered enrolled = enrol("right");
  for (std::size_t i = 0; i < Ke2::kSize; ++i) {
    Login login = begin("right", &enrolled.record);
    Bytes message = login.server.ke2().serialise();
    message[i] ^= 0x02;
    const auto ke2 = Ke2::parse(message);
    if (!ke2.ok()) continue;
    EXPECT_EQ(finish(login, *ke2).error(), Error::identity_not_accepted) << "byte " << i;
  }
  for (std::size_t i = 0; i < Ke3::kSize; ++i) {
    Login login = begin("right", &enrolled.record);
    const auto session = finish(login, login.server.ke2());
    Bytes message = session.value().ke3.serialise();
    message[i] ^= 0x02;
    EXPECT_EQ(std::move(login.server).finish(Ke3::parse(message).value()).error(),
              Error::identity_not_accepted);
  }
}

// A server that serves a changed record speaks a faultless protocol; only the envelope's tag shows it.
TEST_F(Opaque, ChangedRecordIsNoticedByTheClient) {
  const OpaqueRegistered enrolled = enrol("right");
  const Bytes record = enrolled.record.serialise();
  for (const std::size_t position : {96u, 128u, 191u}) {  // nonce, first and last byte of the tag
    Bytes message = record;
    message[position] ^= 0x01;
    const auto changed = RegistrationRecord::parse(message);
    Login login = begin("right", &changed.value());
    EXPECT_EQ(finish(login, login.server.ke2()).error(), Error::identity_not_accepted) << position;
  }
}

TEST_F(Opaque, AnAttemptIsForOnce) {
  const OpaqueRegistered enrolled = enrol("right");
  Login login = begin("right", &enrolled.record);
  const auto session = finish(login, login.server.ke2());
  OpaqueServerLogin restored = OpaqueServerLogin::restore(login.server.state());
  EXPECT_TRUE(std::move(login.server).finish(session.value().ke3).ok());
  EXPECT_FALSE(std::move(login.server).finish(session->ke3).ok());  // NOLINT: use after move is the test
  EXPECT_FALSE(std::move(login.server).finish(Ke3{}).ok());  // NOLINT: zeros do not match the wiped state
  EXPECT_TRUE(*std::move(restored).finish(session->ke3) == session->session_key);
}

// An unknown account: same size, a different masking each time, the same element for the same question, and
// no password opens it.
TEST_F(Opaque, UnknownAccountLooksLikeAKnownOne) {
  Login first = begin("right", nullptr, "nobody/a");
  Login second = begin("right", nullptr, "nobody/a");
  EXPECT_EQ(first.server.ke2().serialise().size(), Ke2::kSize);
  EXPECT_NE(first.server.ke2().masked_response, second.server.ke2().masked_response);
  EXPECT_EQ(finish(first, first.server.ke2()).error(), Error::identity_not_accepted);
  EXPECT_FALSE(std::move(first.server).finish(Ke3{}).ok());

  const auto client = OpaqueClientLogin::start(as_bytes("x"), random_);
  const OpaqueRegistered enrolled = enrol("right");
  const auto answer = [&](const RegistrationRecord* record, std::string_view account) {
    test::ScriptedRandom fixed(Bytes(96, 7));
    return server_.login_start(client.value().ke1(), record, as_bytes(account), identities_, fixed)
        .value()
        .ke2()
        .serialise();
  };
  EXPECT_EQ(answer(nullptr, "nobody/a"), answer(nullptr, "nobody/a"));
  EXPECT_NE(answer(nullptr, "nobody/a"), answer(nullptr, "noone/a"));
  // Enrolment does not change the evaluated element, so it can't be used to see one happen.
  EXPECT_TRUE(std::ranges::equal(ByteView(answer(nullptr, "anna/a")).first(32),
                                 ByteView(answer(&enrolled.record, "anna/a")).first(32)));
}

TEST_F(Opaque, MessagesHaveOneSize) {
  const OpaqueRegistered enrolled = enrol("right");
  Login login = begin("right", &enrolled.record);
  const Bytes record = enrolled.record.serialise();
  EXPECT_EQ(record.size(), RegistrationRecord::kSize);
  EXPECT_EQ(RegistrationRecord::parse(record).value().serialise(), record);
  const Bytes ke1 = login.client.ke1().serialise();
  EXPECT_EQ(Ke1::parse(ke1).value().serialise(), ke1);
  const Bytes ke2 = login.server.ke2().serialise();
  EXPECT_EQ(Ke2::parse(ke2).value().serialise(), ke2);
  for (const std::size_t size : {0, 1, 31, 32, 33, 63, 64, 65, 95, 96, 97, 191, 192, 193, 319, 320, 321}) {
    const Bytes bytes(size, 0xff);  // not an element either
    EXPECT_FALSE(RegistrationRequest::parse(bytes).ok());
    EXPECT_FALSE(RegistrationResponse::parse(bytes).ok());
    EXPECT_FALSE(RegistrationRecord::parse(bytes).ok());
    EXPECT_FALSE(Ke1::parse(bytes).ok());
    EXPECT_FALSE(Ke2::parse(bytes).ok());
    EXPECT_EQ(Ke3::parse(bytes).ok(), size == Ke3::kSize);
  }
}

TEST_F(Opaque, IdentityElementsAreRefused) {
  EXPECT_EQ(RegistrationRequest::parse(Bytes(32)).error(), Error::key_invalid);
  EXPECT_EQ(Ke1::parse(Bytes(96)).error(), Error::key_invalid);
  EXPECT_EQ(Ke2::parse(Bytes(320)).error(), Error::key_invalid);
  // Also when a caller fills the structures himself.
  EXPECT_FALSE(server_.registration_response(RegistrationRequest{}, as_bytes("anna/a")).ok());
  EXPECT_FALSE(server_.login_start(Ke1{}, nullptr, as_bytes("anna/a"), identities_, random_).ok());
  auto client = OpaqueClientLogin::start(as_bytes("x"), random_);
  EXPECT_EQ(std::move(*client).finish(Ke2{}, identities_, kNoStretch).error(), Error::identity_not_accepted);
}

// RFC 9496, 4.3.1. libsodium 1.0.18 does not look at the highest bit.
TEST_F(Opaque, ElementsHaveOneEncoding) {
  Bytes element = OpaqueClientRegistration::start(as_bytes("x"), random_)->request().serialise();
  EXPECT_TRUE(RegistrationRequest::parse(element).ok());
  element.back() |= 0x80;
  EXPECT_EQ(RegistrationRequest::parse(element).error(), Error::key_invalid);
  Bytes identity(32);
  identity.back() = 0x80;
  EXPECT_EQ(RegistrationRequest::parse(identity).error(), Error::key_invalid);
}

TEST_F(Opaque, Limits) {
  EXPECT_FALSE(OpaqueClientLogin::start({}, random_).ok());
  EXPECT_FALSE(OpaqueClientLogin::start(Bytes(65536, 'x'), random_).ok());
  EXPECT_FALSE(OpaqueClientRegistration::start({}, random_).ok());
  const auto client = OpaqueClientLogin::start(as_bytes("x"), random_);
  const auto start = [&](ByteView account, std::string_view context) {
    return server_.login_start(client.value().ke1(), nullptr, account, identities_, random_, context).ok();
  };
  EXPECT_TRUE(start(Bytes(255, 'x'), kOpaqueContext));
  EXPECT_FALSE(start(Bytes(256, 'x'), kOpaqueContext));
  EXPECT_FALSE(start({}, kOpaqueContext));
  EXPECT_FALSE(start(as_bytes("anna/a"), std::string(256, 'x')));
}

TEST_F(Opaque, ServersWithOtherSecretsDoNotFit) {
  const OpaqueRegistered enrolled = enrol("right");
  server_ = OpaqueServer::from_secrets(random_.secret<32>(), random_.secret<32>()).value();
  Login login = begin("right", &enrolled.record);
  EXPECT_EQ(finish(login, login.server.ke2()).error(), Error::identity_not_accepted);
}

}  // namespace
}  // namespace cardea::crypto
