// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

void replace(Json::Object& body, std::string_view name, Json value) {
  for (auto& [key, member] : body) {
    if (key == name) member = std::move(value);
  }
}

class Registration : public testing::Test {
 protected:
  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "Anna", "correct horse", "rex"};
};

TEST_F(Registration, MakesAUserWithCardAndComputer) {
  const HttpReply reply = user.register_now();
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.text("user_id"), user.id.text());
  EXPECT_EQ(reply.number("epoch"), 1);
  const Json json = reply.json();
  const Json* audit = json.find("audit");
  ASSERT_NE(audit, nullptr);
  EXPECT_EQ(*audit->find("length")->integer(), 1);
  const HttpReply account = client.get("/v1/account?user_id=" + user.id.text(), user.computer.identity());
  ASSERT_EQ(account.status, 200) << account.body;
  EXPECT_EQ(account.text("account"), "Anna");
  EXPECT_EQ(account.bytes("recovery_public"), user.recovery_public);
  const Json account_json = account.json();
  EXPECT_EQ(*account_json.find("recovery_signer")->find("card_id")->string(), user.card.id().text());
}

TEST_F(Registration, AnAccountNameIsTakenWithoutRegardToCase) {
  ASSERT_EQ(user.register_now().status, 201);
  TestUser other(client, "aNNA", "x", "y");
  const HttpReply reply = other.register_now();
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.problem(), "account-exists");
}

TEST_F(Registration, TheStartDoesNotTellWhetherTheAccountExists) {
  ASSERT_EQ(user.register_now().status, 201);
  crypto::OpaqueClientRegistration a =
      crypto::OpaqueClientRegistration::start(as_bytes("x"), server.random).value();
  const auto ask = [&](const char* account) {
    return client.post("/v1/registrations/start",
                       Json::Object{{"account", account},
                                    {"opaque_a_request", Json::bytes(a.request().serialise())},
                                    {"opaque_b_request", Json::bytes(a.request().serialise())}});
  };
  const HttpReply known = ask("anna");
  const HttpReply unknown = ask("berta");
  EXPECT_EQ(known.status, 200);
  EXPECT_EQ(unknown.status, 200);
  EXPECT_EQ(known.bytes("opaque_a_response").size(), unknown.bytes("opaque_a_response").size());
}

TEST_F(Registration, WithoutAKeyTheSecondOneIsAConflict) {
  Json::Object sent;
  ASSERT_EQ(user.register_now([&](Json::Object& body) { sent = body; }).status, 201);
  EXPECT_EQ(client.post("/v1/registrations/finish", sent, user.computer.identity()).problem(),
            "account-exists");
}

TEST_F(Registration, WithAKeyTheSameAnswerComesTwice) {
  Json::Object sent;
  user.register_now([&](Json::Object& body) {
    sent = body;
    replace(body, "profile", 1);  // spoils this one
  });
  const ApiClient::Headers key{{"Idempotency-Key", "one"}};
  const HttpReply first = client.post("/v1/registrations/finish", sent, user.computer.identity(), key);
  const HttpReply again = client.post("/v1/registrations/finish", sent, user.computer.identity(), key);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  replace(sent, "sheet_check", "AAAA");
  const HttpReply other = client.post("/v1/registrations/finish", sent, user.computer.identity(), key);
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.problem(), "server-conflict");
}

TEST_F(Registration, WhatIsNotProvedIsRefused) {
  const auto spoiled = [&](const std::function<void(Json::Object&)>& spoil) {
    TestUser fresh(client, "Carl", "p", "a");
    return fresh.register_now(spoil);
  };
  const TestCard other_card = TestCard::make();
  const api::UserId other_user = api::UserId::random(server.random);
  EXPECT_EQ(spoiled([&](auto& body) {
              replace(body, "card", other_card.json(other_user, user.recovery_public));
            }).problem(),
            "signature-invalid");
  EXPECT_EQ(spoiled([&](auto& body) {
              replace(body, "recovery_public", Json::bytes(user.recovery_public));
            }).problem(),
            "signature-invalid");
  EXPECT_EQ(spoiled([&](auto& body) { replace(body, "registration_id", random_text(120)); }).problem(),
            "identity-not-accepted");
  EXPECT_EQ(
      spoiled([&](auto& body) { replace(body, "recovery_public", Json::bytes(Bytes(65, 4))); }).problem(),
      "key-invalid");
  EXPECT_EQ(spoiled([&](auto& body) {
              replace(body, "holders", Json::Array{holder_json("card", other_card.id().text(), 1)});
            }).problem(),
            "invalid-argument");
  EXPECT_EQ(spoiled([&](auto& body) {
              replace(body, "holders", Json::Array{holder_json("sheet", "sheet", 2)});
            }).problem(),
            "invalid-argument");
  EXPECT_EQ(spoiled([&](auto& body) { body.emplace_back("extra", 1); }).problem(), "invalid-argument");
  const TestComputer other = TestComputer::make();
  EXPECT_EQ(spoiled([&](auto& body) {
              replace(body, "computer",
                      Json::Object{
                          {"device_spki", Json::bytes(other.device->spki())}, {"name", "x"}, {"serial", ""}});
            }).problem(),
            "signature-invalid");
  EXPECT_EQ(spoiled([](auto&) {}).status, 201);
}

TEST_F(Registration, ACardBelongsToOneUserOnly) {
  ASSERT_EQ(user.register_now().status, 201);
  TestUser other(client, "Dora", "p", "a");
  const HttpReply reply = other.register_now([&](Json::Object& body) {
    replace(body, "card", user.card.json(other.id, other.recovery_public));
    replace(body, "holders", Json::Array{holder_json("card", user.card.id().text(), 1)});
  });
  EXPECT_EQ(reply.problem(), "already-exists");
  EXPECT_EQ(other.login_password("p").problem(), "identity-not-accepted");
}

TEST_F(Registration, ItEndsAfterAnHour) {
  const HttpReply reply = user.register_now([&](Json::Object&) { server.clock.advance(3601); });
  EXPECT_EQ(reply.problem(), "session-expired");
}

TEST(RegistrationClosed, NobodyRegisters) {
  auto settings = InProcessServer::default_settings();
  settings.registration_open = false;
  InProcessServer server(settings);
  ApiClient client = server.client();
  TestUser user(client, "anna", "p", "a");
  EXPECT_EQ(user.register_now().problem(), "state-forbidden");
}

TEST(RegistrationBudget, ANetworkCannotRegisterWithoutEnd) {
  auto settings = InProcessServer::default_settings();
  settings.guesses_per_prefix = 3;
  InProcessServer server(settings);
  ApiClient client = server.client();
  for (int i = 0; i < 3; ++i) {
    TestUser user(client, "user" + std::to_string(i), "p", "a");
    EXPECT_EQ(user.register_now().status, 201);
  }
  TestUser user(client, "last", "p", "a");
  const HttpReply refused = user.register_now();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "60");
  server.clock.advance(60);
  EXPECT_EQ(user.register_now().status, 201);
}

}  // namespace
}  // namespace cardea::test
