// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

class Login : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(user.register_now().status, 201); }
  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "correct horse", "rex"};
  TestUser stranger{client, "nobody", "guess", "guess"};
};

TEST_F(Login, PasswordThenAnswer) {
  const HttpReply a = user.login_password("correct horse");
  ASSERT_EQ(a.status, 200) << a.body;
  EXPECT_EQ(a.text("level"), "password");
  EXPECT_EQ(a.bytes("question_seal").size(), 100u);
  EXPECT_EQ(client.get("/v1/records", user.session).problem(), "permission-denied");
  const HttpReply b = user.login_answer("rex");
  ASSERT_EQ(b.status, 200) << b.body;
  EXPECT_EQ(b.text("level"), "answer");
  EXPECT_EQ(b.bytes("recovery_seal").size(), 104u);
  EXPECT_EQ(client.get("/v1/records", user.session).status, 200);
}

TEST_F(Login, WrongPasswordWrongAnswerAndUnknownAccountLookTheSame) {
  const HttpReply wrong = user.login_password("wrong");
  const HttpReply unknown = stranger.login_password("guess");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.problem(), "identity-not-accepted");
  EXPECT_EQ(unknown.status, wrong.status);
  EXPECT_EQ(unknown.body, wrong.body);
  ASSERT_EQ(user.login_password("correct horse").status, 200);
  EXPECT_EQ(user.login_answer("wrong").body, wrong.body);
  EXPECT_EQ(client.get("/v1/records", user.session).problem(), "permission-denied");
}

TEST_F(Login, TheStartOfAnUnknownAccountHasTheSameShapeAndRepeats) {
  const auto start = [&](const std::string& account) {
    auto login = crypto::OpaqueClientLogin::start(as_bytes("x"), server.random).value();
    return client.post("/v1/opaque/a/start",
                       Json::Object{{"account", account}, {"ke1", Json::bytes(login.ke1().serialise())}});
  };
  const HttpReply known = start("anna");
  const HttpReply unknown = start("nobody");
  ASSERT_EQ(known.status, 200);
  ASSERT_EQ(unknown.status, 200);
  EXPECT_EQ(known.body.size(), unknown.body.size());
  EXPECT_EQ(known.bytes("ke2").size(), unknown.bytes("ke2").size());
  EXPECT_EQ(known.text("login_id").size(), unknown.text("login_id").size());
}

TEST_F(Login, AnAttemptEndsWithItsFirstProof) {
  auto login = crypto::OpaqueClientLogin::start(as_bytes("correct horse"), server.random).value();
  const HttpReply started = client.post(
      "/v1/opaque/a/start", Json::Object{{"account", "anna"}, {"ke1", Json::bytes(login.ke1().serialise())}});
  const auto same = [](const SecretArray<64>& input) -> Result<SecretArray<64>> { return input.clone(); };
  const auto good = std::move(login)
                        .finish(crypto::Ke2::parse(started.bytes("ke2")).value(), {}, same)
                        .value()
                        .ke3.serialise();
  const auto finish = [&](ByteView ke3) {
    return client.post("/v1/opaque/a/finish",
                       Json::Object{{"login_id", started.text("login_id")}, {"ke3", Json::bytes(ke3)}});
  };
  EXPECT_EQ(finish(Bytes(64, 1)).problem(), "identity-not-accepted");
  EXPECT_EQ(finish(good).problem(), "replayed");
}

TEST_F(Login, AProofOpensOneSession) {
  auto login = crypto::OpaqueClientLogin::start(as_bytes("correct horse"), server.random).value();
  const HttpReply started = client.post(
      "/v1/opaque/a/start", Json::Object{{"account", "anna"}, {"ke1", Json::bytes(login.ke1().serialise())}});
  const auto same = [](const SecretArray<64>& input) -> Result<SecretArray<64>> { return input.clone(); };
  const auto ke3 = std::move(login)
                       .finish(crypto::Ke2::parse(started.bytes("ke2")).value(), {}, same)
                       .value()
                       .ke3.serialise();
  const Json body = Json::Object{{"login_id", started.text("login_id")}, {"ke3", Json::bytes(ke3)}};
  EXPECT_EQ(client.post("/v1/opaque/a/finish", body).status, 200);
  EXPECT_EQ(client.post("/v1/opaque/a/finish", body).problem(), "replayed");
}

TEST_F(Login, AnAttemptIsGoodForTwoMinutes) {
  auto login = crypto::OpaqueClientLogin::start(as_bytes("x"), server.random).value();
  const HttpReply started = client.post(
      "/v1/opaque/a/start", Json::Object{{"account", "anna"}, {"ke1", Json::bytes(login.ke1().serialise())}});
  server.clock.advance(120);
  EXPECT_EQ(client
                .post("/v1/opaque/a/finish",
                      Json::Object{{"login_id", started.text("login_id")}, {"ke3", random_text(64)}})
                .problem(),
            "session-expired");
}

TEST_F(Login, AnAnswerRaisesOnlyTheSessionItWasStartedIn) {
  ASSERT_EQ(user.login_password("correct horse").status, 200);
  const Identity first = user.session;
  auto login = crypto::OpaqueClientLogin::start(as_bytes("correct horse\nrex"), server.random).value();
  const HttpReply started =
      client.post("/v1/opaque/b/start", Json::Object{{"ke1", Json::bytes(login.ke1().serialise())}}, first);
  const auto same = [](const SecretArray<64>& input) -> Result<SecretArray<64>> { return input.clone(); };
  const auto ke3 = std::move(login)
                       .finish(crypto::Ke2::parse(started.bytes("ke2")).value(), {}, same)
                       .value()
                       .ke3.serialise();
  ASSERT_EQ(user.login_password("correct horse").status, 200);
  const Json body = Json::Object{{"login_id", started.text("login_id")}, {"ke3", Json::bytes(ke3)}};
  EXPECT_EQ(client.post("/v1/opaque/b/finish", body, user.session).problem(), "identity-not-accepted");
  EXPECT_EQ(client.post("/v1/opaque/b/finish", body, first).status, 200);
}

TEST_F(Login, TheGuessBudgetHoldsForKnownAndUnknownAccountsAlike) {
  for (TestUser* who : {&user, &stranger}) {
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(who->login_password("wrong").status, 401);
    const HttpReply refused = who->login_password(who->password);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.problem(), "rate-limited");
    EXPECT_EQ(refused.headers.at("retry-after"), "60");
  }
}

TEST_F(Login, TheBudgetSurvivesARestartAndClosesAtThirty) {
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(user.login_password("wrong").status, 401) << i;
    if (i == 12) server.restart();
    server.clock.advance(3600);
  }
  const HttpReply closed = user.login_password("correct horse");
  EXPECT_EQ(closed.status, 403);
  EXPECT_EQ(closed.problem(), "account-closed");
  server.clock.advance(40 * 24 * 3600);
  ASSERT_TRUE(server.store->purge(server.clock.now()).ok());
  EXPECT_EQ(user.login_password("correct horse").problem(), "account-closed");
  // The card opens it again.
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  EXPECT_EQ(user.login_password("correct horse").status, 200);
}

TEST_F(Login, TheAnswerClearsTheCount) {
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(user.login_password("wrong").status, 401);
  user.log_in();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(user.login_password("wrong").status, 401);
  EXPECT_EQ(user.login_password("wrong").status, 429);
}

TEST_F(Login, ASessionEndsAfterEightHoursAndOnRequest) {
  user.log_in();
  server.clock.advance(8 * 3600 - 1);
  EXPECT_EQ(client.get("/v1/account", user.session).status, 200);
  server.clock.advance(1);
  EXPECT_EQ(client.get("/v1/account", user.session).problem(), "session-expired");
  user.log_in();
  EXPECT_EQ(client.call("DELETE", "/v1/sessions/current", {}, &user.session).status, 204);
  EXPECT_EQ(client.get("/v1/account", user.session).problem(), "session-expired");
}

TEST_F(Login, SessionsSurviveARestart) {
  user.log_in();
  server.restart();
  EXPECT_EQ(client.get("/v1/account", user.session).status, 200);
}

TEST_F(Login, ACardOpensASession) {
  const HttpReply reply = user.open_card_session(user.card);
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.text("level"), "card");
  EXPECT_EQ(client.get("/v1/records", user.card_identity).status, 200);
  // A card shows neither the recovery seal nor access keys.
  EXPECT_EQ(
      client.post("/v1/opaque/b/start", Json::Object{{"ke1", random_text(96)}}, user.card_identity).problem(),
      "permission-denied");
  EXPECT_EQ(client
                .post("/v1/access-keys/issue", Json::Object{{"computer_id", user.computer.id().text()}},
                      user.card_identity)
                .problem(),
            "permission-denied");
}

TEST_F(Login, AStrangersCardOpensNothing) {
  EXPECT_EQ(user.open_card_session(TestCard::make()).problem(), "identity-not-accepted");
}

TEST_F(Login, AChallengeIsUsedOnceAndInTime) {
  const auto open = [&](ByteView challenge, std::int64_t expires_at, std::string_view authority) {
    const auto key = crypto::Ed25519KeyPair::generate(server.random);
    const Bytes proof =
        api::card_session_proof(authority, challenge, key.spki(), static_cast<std::uint64_t>(expires_at));
    return client.post("/v1/sessions/card",
                       Json::Object{{"card_id", user.card.id().text()},
                                    {"challenge", Json::bytes(challenge)},
                                    {"session_spki", Json::bytes(key.spki())},
                                    {"expires_at", expires_at},
                                    {"signature", Json::bytes(user.card.auth.sign(proof))}});
  };
  const auto challenge = [&] {
    return client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge");
  };
  const std::int64_t later = client.now() + 600;
  EXPECT_EQ(open(challenge(), later, "other.test").problem(), "identity-not-accepted");
  EXPECT_EQ(open(challenge(), client.now() + 8 * 3600 + 1, "server.test").problem(), "invalid-argument");
  EXPECT_EQ(open(challenge(), client.now(), "server.test").problem(), "invalid-argument");
  EXPECT_EQ(open(Bytes(40, 1), later, "server.test").problem(), "identity-not-accepted");
  const Bytes once = challenge();
  EXPECT_EQ(open(once, later, "server.test").status, 201);
  EXPECT_EQ(open(once, later, "server.test").problem(), "replayed");
  const Bytes old = challenge();
  server.clock.advance(300);
  EXPECT_EQ(open(old, client.now() + 600, "server.test").problem(), "session-expired");
}

}  // namespace
}  // namespace cardea::test
