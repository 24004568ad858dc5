// SPDX-License-Identifier: Apache-2.0
// Wrong, late and repeated request signatures, and the edge of the router.
#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

class RequestSignature : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(user.register_now().status, 201);
    identity = user.computer.identity();
  }
  HttpCall signed_call() { return client.build("GET", "/v1/cards?user_id=" + user.id.text(), {}, &identity); }
  static void set(HttpCall& call, std::string_view name, const std::string& value) {
    for (auto& [key, field] : call.headers) {
      if (key == name) field = value;
    }
  }
  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "p", "a"};
  Identity identity;
};

TEST_F(RequestSignature, IsGoodOnce) {
  const HttpCall call = signed_call();
  EXPECT_EQ(client.send(call).status, 200);
  EXPECT_EQ(client.send(call).problem(), "replayed");
}

TEST_F(RequestSignature, IsGoodOnceAlsoAcrossARestart) {
  const HttpCall call = signed_call();
  EXPECT_EQ(client.send(call).status, 200);
  server.restart();
  EXPECT_EQ(client.send(call).problem(), "replayed");
  server.clock.advance(299);
  EXPECT_EQ(client.send(call).problem(), "replayed");
}

TEST_F(RequestSignature, MustBeFresh) {
  HttpCall call = signed_call();
  server.clock.advance(300);
  EXPECT_EQ(client.send(call).status, 200);
  call = signed_call();
  server.clock.advance(301);
  EXPECT_EQ(client.send(call).problem(), "clock-skewed");
  call = signed_call();
  server.clock.advance(-301);
  EXPECT_EQ(client.send(call).problem(), "clock-skewed");
}

TEST_F(RequestSignature, CoversMethodTargetAndBody) {
  HttpCall call = signed_call();
  call.method = "DELETE";
  call.target = "/v1/sessions/current";
  EXPECT_EQ(client.send(call).problem(), "signature-invalid");
  call = signed_call();
  call.target = "/v1/computers?user_id=" + user.id.text();
  EXPECT_EQ(client.send(call).problem(), "signature-invalid");
  call = client.build("POST", user.computer.path("/access-keys/begin"),
                      Json(Json::Object{{"user_id", user.id.text()}}), &identity);
  call.body += " ";
  EXPECT_EQ(client.send(call).problem(), "signature-invalid");
  set(call, "Content-Digest", api::content_digest(as_bytes(call.body)));
  EXPECT_EQ(client.send(call).problem(), "signature-invalid");
}

TEST_F(RequestSignature, NeedsAKnownKeyOfItsOwn) {
  Identity forged = identity;
  forged.key = TestComputer::make().device;
  EXPECT_EQ(client.get("/v1/cards?user_id=" + user.id.text(), forged).problem(), "signature-invalid");
  const Identity unknown = TestComputer::make().identity();
  EXPECT_EQ(client.get("/v1/cards?user_id=" + user.id.text(), unknown).problem(), "signature-invalid");
  Identity session = identity;
  session.keyid = "session:000102030405060708090a0b0c0d0e0f";
  EXPECT_EQ(client.get("/v1/cards", session).problem(), "session-expired");
  session.keyid = "other:1";
  EXPECT_EQ(client.get("/v1/cards", session).problem(), "invalid-argument");
  session.keyid = "device:1";
  EXPECT_EQ(client.get("/v1/cards", session).problem(), "invalid-argument");
}

TEST_F(RequestSignature, OfASessionIsMadeWithItsKindOfKey) {
  user.log_in();
  Identity forged = user.session;
  forged.hmac_key = std::make_shared<SecretKey32>(server.random.secret<32>());
  EXPECT_EQ(client.get("/v1/account", forged).problem(), "signature-invalid");
  forged = {user.session.keyid, api::SignatureAlgorithm::ed25519, TestComputer::make().device, nullptr};
  EXPECT_EQ(client.get("/v1/account", forged).problem(), "signature-invalid");
}

TEST_F(RequestSignature, IsMadeForThisServer) {
  ApiClient elsewhere([this](const HttpCall& call) { return server.handle(call); }, "other.test",
                      [this] { return server.clock.now(); });
  EXPECT_EQ(elsewhere.get("/v1/cards?user_id=" + user.id.text(), identity).problem(), "signature-invalid");
}

TEST_F(RequestSignature, MayNotBeAbsentOrHalf) {
  EXPECT_EQ(client.call("GET", "/v1/account", {}).status, 401);
  for (const char* name : {"Signature", "Signature-Input", "Content-Digest"}) {
    HttpCall call = signed_call();
    std::erase_if(call.headers, [&](const auto& field) { return field.first == name; });
    EXPECT_EQ(client.send(call).status, 401) << name;
  }
}

TEST_F(RequestSignature, ARefusedOneCostsTheNonceNothing) {
  HttpCall call = signed_call();
  HttpCall spoiled = call;
  set(spoiled, "Signature", "sig1=:" + to_base64(Bytes(64, 1)) + ":");
  EXPECT_EQ(client.send(spoiled).problem(), "signature-invalid");
  EXPECT_EQ(client.send(call).status, 200);
}

TEST_F(RequestSignature, RoutesAreExact) {
  EXPECT_EQ(client.call("GET", "/v1/nothing", {}).status, 404);
  EXPECT_EQ(client.call("GET", "/v1/opaque/a/start", {}).status, 405);
  EXPECT_EQ(client.call("HEAD", "/healthz", {}).status, 200);
  EXPECT_EQ(client.call("HEAD", "/v1/account", {}).status, 405);
  EXPECT_EQ(client.call("GET", "/healthz?x=1", {}).problem(), "invalid-argument");
  EXPECT_EQ(client.call("GET", "/healthz", Json(Json::Object{})).problem(), "invalid-argument");
  EXPECT_EQ(client.send({"POST", "/v1/sessions/challenge", {}, "{}"}).problem(), "invalid-argument");
  EXPECT_EQ(client.send({"POST", "/v1/sessions/challenge", {{"Content-Type", "text/plain"}}, "{}"}).problem(),
            "invalid-argument");
  EXPECT_EQ(
      client.send({"POST", "/v1/sessions/challenge", {{"Content-Type", "application/json"}}, "{"}).problem(),
      "frame-malformed");
  EXPECT_EQ(client.post("/v1/sessions/challenge", Json::Object{{"a", 1}}).problem(), "invalid-argument");
  HttpCall twice = signed_call();
  twice.target += "&user_id=" + user.id.text();
  EXPECT_NE(client.send(twice).status, 200);
}

TEST_F(RequestSignature, HealthIsOpen) {
  const HttpReply health = client.call("GET", "/healthz", {});
  EXPECT_EQ(health.text("region"), "north");
  EXPECT_EQ(client.call("GET", "/livez", {}).status, 200);
  EXPECT_EQ(client.call("GET", "/readyz", {}).status, 200);
}

}  // namespace
}  // namespace cardea::test
