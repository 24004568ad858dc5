// SPDX-License-Identifier: Apache-2.0
// The mailbox between a browser and a card, through the API.
#include <gtest/gtest.h>

#include "core/crypto/p256.h"
#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

class Pairings : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(user.register_now().status, 201);
    ASSERT_EQ(user.open_card_session(user.card).status, 201);
  }
  Json::Object body() {
    const auto session = crypto::Ed25519KeyPair::generate(server.random);
    const auto seal = crypto::P256KeyPair::generate(server.random);
    return {{"pairing_id", id},
            {"session_spki", Json::bytes(session.spki())},
            {"seal_key", Json::bytes(seal.point())},
            {"cover", Json::bytes(Bytes(94, 5))}};
  }
  HttpReply open(Json::Object content) { return client.post("/v1/pairings", std::move(content)); }
  HttpReply look() { return client.call("GET", "/v1/pairings/" + id, {}); }
  HttpReply answer(const Bytes& content, const Identity* by) {
    return client.call("PUT", "/v1/pairings/" + id, Json(Json::Object{{"answer", Json::bytes(content)}}), by);
  }
  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "correct horse", "rex"};
  const std::string id = "0001020304";
};

TEST_F(Pairings, WhatTheBrowserPostsIsFoundAndAnsweredOnce) {
  const Json::Object posted = body();
  const HttpReply opened = open(posted);
  ASSERT_EQ(opened.status, 201) << opened.body;
  EXPECT_EQ(opened.number("expires_at"), client.now() + 600);
  EXPECT_EQ(open(body()).problem(), "already-exists");
  HttpReply seen = look();
  ASSERT_EQ(seen.status, 200);
  for (const auto& [name, value] : posted)
    EXPECT_EQ(seen.text(name), *value.string()) << name;
  EXPECT_EQ(seen.json().find("answer"), nullptr);
  EXPECT_EQ(answer(Bytes(200, 7), &user.card_identity).status, 204);
  EXPECT_EQ(answer(Bytes(200, 7), &user.card_identity).status, 204);
  EXPECT_EQ(answer(Bytes(200, 8), &user.card_identity).problem(), "state-forbidden");
  EXPECT_EQ(look().bytes("answer"), Bytes(200, 7));
  EXPECT_NE(client.get("/v1/audit", user.card_identity).body.find("browser-allowed"), std::string::npos);
}

TEST_F(Pairings, OnlyACardAnswers) {
  ASSERT_EQ(open(body()).status, 201);
  user.log_in();
  EXPECT_EQ(answer(Bytes(9), &user.session).problem(), "permission-denied");
  const Identity device = user.computer.identity();
  EXPECT_EQ(answer(Bytes(9), &device).problem(), "permission-denied");
  EXPECT_EQ(answer(Bytes(9), nullptr).status, 401);
  EXPECT_EQ(look().json().find("answer"), nullptr);
}

TEST_F(Pairings, AreGoneAfterTenMinutes) {
  ASSERT_EQ(open(body()).status, 201);
  server.clock.advance(600);
  EXPECT_EQ(look().status, 404);
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  EXPECT_EQ(answer(Bytes(9), &user.card_identity).status, 404);
  EXPECT_EQ(open(body()).status, 201);
}

TEST_F(Pairings, WhatIsNoKeyIsRefused) {
  const auto refused = [&](std::string_view name, const Json& value) {
    Json::Object content = body();
    for (auto& [key, old] : content) {
      if (key == name) old = value;
    }
    return open(std::move(content)).problem();
  };
  EXPECT_EQ(refused("pairing_id", "00010203"), "invalid-argument");
  EXPECT_EQ(refused("pairing_id", "000102030G"), "invalid-argument");
  EXPECT_EQ(refused("session_spki", Json::bytes(Bytes(44, 1))), "key-invalid");
  EXPECT_EQ(refused("seal_key", Json::bytes(Bytes(65, 4))), "key-invalid");
  EXPECT_EQ(refused("cover", Json::bytes(Bytes(95, 4))), "invalid-argument");
  EXPECT_EQ(answer(Bytes(16'385), &user.card_identity).problem(), "invalid-argument");
  EXPECT_EQ(client.call("GET", "/v1/pairings/xyz", {}).status, 400);
}

TEST_F(Pairings, ANetworkOpensSoManyAndThenWaits) {
  for (int i = 0; i < 50; ++i) {
    Json::Object content = body();
    content[0].second = Json(to_hex(server.random.array<5>()));
    ASSERT_EQ(open(std::move(content)).status, 201);
  }
  const HttpReply refused = open(body());
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "60");
  // Another network is not concerned; nor are guesses at passwords.
  EXPECT_EQ(
      server.handle(client.build("POST", "/v1/pairings", Json(body()), nullptr), "203.0.113.0/24").status,
      201);
  user.log_in();
  EXPECT_FALSE(user.session.keyid.empty());
  server.clock.advance(60);
  Json::Object content = body();
  content[0].second = Json("0a0b0c0d0e");
  EXPECT_EQ(open(std::move(content)).status, 201);
}

}  // namespace
}  // namespace cardea::test
