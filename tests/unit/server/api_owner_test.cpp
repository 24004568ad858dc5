// SPDX-License-Identifier: Apache-2.0
// What an owner does from afar: computers asked for new keys and retired; cards and accounts by the recovery
// sheet.
#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

constexpr std::int64_t kDay = 24 * 3600;

class Owner : public testing::Test {
 protected:
  void SetUp() override {
    const auto reply = user.register_now([&](Json::Object& body) {
      for (auto& [name, value] : body) {
        if (name == "sheet_check") value = Json::bytes(sheet.spki());
      }
    });
    ASSERT_EQ(reply.status, 201) << reply.body;
  }
  Bytes challenge() { return client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge"); }
  Json body_for(const std::string& account, const char* purpose, const crypto::Ed25519KeyPair& key,
                const Bytes& drawn) {
    const Bytes proof = api::sheet_proof(client.authority(), drawn, account, purpose);
    return Json::Object{
        {"account", account}, {"challenge", Json::bytes(drawn)}, {"signature", Json::bytes(key.sign(proof))}};
  }
  HttpReply suspend(const std::string& account, const crypto::Ed25519KeyPair& key) {
    return client.post("/v1/sheet/suspend", body_for(account, "suspend", key, challenge()));
  }
  HttpReply reopen(const std::string& account, const crypto::Ed25519KeyPair& key) {
    return client.post("/v1/accounts/reopen", body_for(account, "reopen", key, challenge()));
  }
  // Wrong passwords, with the waiting they ask for, until nobody may try any more.
  void close_account() {
    for (int i = 0; i < 30; ++i) {
      EXPECT_EQ(user.login_password("wrong").status, 401);
      server.clock.advance(3700);
    }
    EXPECT_EQ(user.login_password("correct horse").problem(), "account-closed");
  }
  std::string history() { return client.get("/v1/audit", user.session).body; }

  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "correct horse", "rex"};
  crypto::Ed25519KeyPair sheet = crypto::Ed25519KeyPair::generate(server.random);
  crypto::Ed25519KeyPair other = crypto::Ed25519KeyPair::generate(server.random);
};

TEST_F(Owner, NewAccessKeysNeedMoreThanThePassword) {
  const TestGeneration one = user.make_generation(user.computer);
  const std::string path = user.computer.path("/access-keys/rotate");
  ASSERT_EQ(user.login_password("correct horse").status, 200);
  EXPECT_EQ(client.post(path, Json::Object{}, user.session).problem(), "permission-denied");
  EXPECT_EQ(client.post(path, Json::Object{}, user.computer.identity()).problem(), "permission-denied");
  ASSERT_EQ(user.login_answer("rex").status, 200);
  const HttpReply asked = client.post(path, Json::Object{}, user.session);
  ASSERT_EQ(asked.status, 200) << asked.body;
  EXPECT_EQ(asked.number("rotate_asked"), server.clock.now());
  EXPECT_NE(user.check_in(user.computer, one, 0).body.find("\"rotate\":true"), std::string::npos);
  const TestGeneration two = user.make_generation(user.computer);
  EXPECT_NE(user.check_in(user.computer, two, 0).body.find("\"rotate\":false"), std::string::npos);
  EXPECT_NE(history().find("access-keys-asked"), std::string::npos);
}

TEST_F(Owner, ARetiredComputerIsToldSoAndCanComeBack) {
  const TestGeneration one = user.make_generation(user.computer);
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  const std::string path = user.computer.path("/retire");
  EXPECT_EQ(client.post(path, Json::Object{}, user.computer.identity()).problem(), "permission-denied");
  ASSERT_EQ(client.post(path, Json::Object{}, user.card_identity).status, 204);
  EXPECT_EQ(client.post(path, Json::Object{}, user.card_identity).problem(), "state-forbidden");
  const HttpReply told = user.check_in(user.computer, one, 0);
  EXPECT_EQ(told.status, 409);
  EXPECT_EQ(told.problem(), "state-forbidden");
  for (const char* what : {"/v1/account", "/v1/account/holders", "/v1/cards", "/v1/audit", "/v1/computers"}) {
    const std::string target = std::string(what) + "?user_id=" + user.id.text();
    EXPECT_EQ(client.get(target, user.computer.identity()).problem(), "state-forbidden") << what;
  }
  EXPECT_EQ(client.get("/v1/computers", user.card_identity).body, R"({"computers":[],"more":false})");
  ASSERT_EQ(user.add_computer(user.computer, user.card_identity).status, 201);
  EXPECT_EQ(user.make_generation(user.computer).number, 2u);
}

TEST_F(Owner, TheSheetSuspendsWithoutASession) {
  const HttpReply done = suspend("Anna", sheet);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.body, R"({"changed":1,"suspended":1})");
  EXPECT_EQ(user.open_card_session(user.card).problem(), "card-revoked");
  EXPECT_EQ(suspend("anna", sheet).body, R"({"changed":0,"suspended":1})");
  ASSERT_EQ(user.login_password("correct horse").status, 200);
  EXPECT_NE(history().find(R"("level":"sheet")"), std::string::npos);
}

TEST_F(Owner, AnotherCodeAnotherAccountAndNoAccountLookTheSame) {
  TestUser without(client, "otto", "x", "y");  // whose check value is no key
  ASSERT_EQ(without.register_now().status, 201);
  const HttpReply wrong = suspend("anna", other);
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.problem(), "identity-not-accepted");
  for (const char* account : {"nobody", "otto"}) {
    EXPECT_EQ(suspend(account, sheet).body, wrong.body) << account;
    EXPECT_EQ(reopen(account, sheet).body, wrong.body) << account;
  }
  EXPECT_EQ(reopen("anna", other).body, wrong.body);
  EXPECT_EQ(user.open_card_session(user.card).status, 201);
}

TEST_F(Owner, AProofIsForOnePurposeOneServerAndOnce) {
  const Bytes drawn = challenge();
  const Json body = body_for("anna", "suspend", sheet, drawn);
  EXPECT_EQ(client.post("/v1/accounts/reopen", body).problem(), "identity-not-accepted");
  ASSERT_EQ(client.post("/v1/sheet/suspend", body).status, 200);
  EXPECT_EQ(client.post("/v1/sheet/suspend", body).problem(), "replayed");
  const Bytes elsewhere = api::sheet_proof("other.example", drawn, "anna", "suspend");
  EXPECT_EQ(client
                .post("/v1/sheet/suspend", Json::Object{{"account", "anna"},
                                                        {"challenge", Json::bytes(challenge())},
                                                        {"signature", Json::bytes(sheet.sign(elsewhere))}})
                .problem(),
            "identity-not-accepted");
  EXPECT_EQ(client.post("/v1/sheet/suspend", body_for("anna", "suspend", sheet, Bytes(40, 1))).problem(),
            "identity-not-accepted");
  const Bytes old = challenge();
  server.clock.advance(301);
  EXPECT_EQ(client.post("/v1/sheet/suspend", body_for("anna", "suspend", sheet, old)).problem(),
            "session-expired");
}

TEST_F(Owner, AClosedAccountIsReopenedOnceADay) {
  EXPECT_EQ(reopen("anna", sheet).body, R"({"reopened":false})");
  close_account();
  EXPECT_EQ(suspend("anna", sheet).status, 200);  // also now
  EXPECT_EQ(reopen("anna", sheet).body, R"({"reopened":true})");
  EXPECT_EQ(user.login_password("wrong").status, 401);
  const HttpReply again = reopen("anna", sheet);
  EXPECT_EQ(again.status, 429);
  EXPECT_EQ(again.headers.at("retry-after"), std::to_string(kDay));
  server.clock.advance(kDay);
  EXPECT_EQ(reopen("anna", sheet).body, R"({"reopened":true})");
  ASSERT_EQ(user.login_password("correct horse").status, 200);
  EXPECT_NE(history().find(R"("for":"reopen")"), std::string::npos);
}

TEST(OwnerOfABusyNetwork, WrongCodesAreChargedToTheNetworkAndNeverToTheAccount) {
  InProcessServer server({"server.test", "north", true, 5});
  ApiClient client = server.client();
  const auto key = crypto::Ed25519KeyPair::generate(server.random);
  const auto suspend = [&](const std::string& prefix) {
    const Bytes drawn = client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge");
    const Bytes proof = api::sheet_proof("server.test", drawn, "anna", "suspend");
    ApiClient from([&](const HttpCall& call) { return server.handle(call, prefix); }, "server.test",
                   [&] { return server.clock.now(); });
    return from.post("/v1/sheet/suspend", Json::Object{{"account", "anna"},
                                                       {"challenge", Json::bytes(drawn)},
                                                       {"signature", Json::bytes(key.sign(proof))}});
  };
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(suspend("192.0.2.0/24").status, 401) << i;
  const HttpReply refused = suspend("192.0.2.0/24");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "60");
  EXPECT_EQ(suspend("198.51.100.0/24").status, 401);
  server.clock.advance(60);
  EXPECT_EQ(suspend("192.0.2.0/24").status, 401);
}

TEST_F(Owner, AReplacementBringsTheNewSheet) {
  user.log_in();
  const TestCard card = TestCard::make();
  Json::Object body = *user.replace_body(card, user.computer, 1).object();
  body.emplace_back("sheet_check", Json::bytes(other.spki()));
  const HttpReply replaced = client.post("/v1/cards/replace", body, user.session);
  ASSERT_EQ(replaced.status, 200) << replaced.body;
  EXPECT_EQ(suspend("anna", sheet).status, 401);
  EXPECT_EQ(suspend("anna", other).body, R"({"changed":1,"suspended":1})");
}

}  // namespace
}  // namespace cardea::test
