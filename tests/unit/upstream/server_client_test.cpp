// SPDX-License-Identifier: Apache-2.0
// How a request is made and signed, and which answers are taken.
#include "upstream/server_client.h"

#include <gtest/gtest.h>

#include "tests/unit/upstream/fake_transport.h"

namespace cardea::upstream {
namespace {

using api::Json;

class Client : public ::testing::Test {
 protected:
  Client()
      : device_(crypto::Ed25519KeyPair::generate(random_)), computer_(api::computer_id_of(device_.spki())) {}
  Error error_of_answer() {
    const auto answer = client_.call({.method = "GET", .path = "/v1/account"});
    return answer.ok() ? Error::internal : answer.error();
  }
  FakeClock clock_;
  SystemRandom random_;
  FakeTransport transport_;
  ServerClient client_{transport_, clock_, random_};
  crypto::Ed25519KeyPair device_;
  api::ComputerId computer_;
};

TEST_F(Client, SendsWhatItWasGiven) {
  transport_.answer_json(200, Json::Object{{"a", 1}});
  Call call{.method = "POST",
            .path = "/v1/x",
            .query = "?y=1",
            .headers = {{"If-Match", "\"3\""}},
            .repeat = Repeat::never};
  call.body = Json::Object{{"name", "value"}, {"number", 7}};
  const Answer answer = client_.call(call).value();
  EXPECT_EQ(*answer.body.find("a")->integer(), 1);
  const auto& sent = transport_.last();
  EXPECT_EQ(sent.request.method, "POST");
  EXPECT_EQ(sent.request.path, "/v1/x");
  EXPECT_EQ(sent.request.query, "?y=1");
  EXPECT_EQ(sent.request.body, R"({"name":"value","number":7})");
  EXPECT_EQ(sent.header("Content-Type"), "application/json");
  EXPECT_EQ(sent.header("If-Match"), "\"3\"");
  EXPECT_EQ(sent.header("Idempotency-Key"), "");
  EXPECT_EQ(sent.header("Signature"), "");
  EXPECT_FALSE(sent.request.may_repeat);
}

TEST_F(Client, KeepsWhereAUserHasGone) {
  const Json forward = Json::Object{{"statement", Json::bytes(Bytes(90, 1))},
                                    {"signature", Json::bytes(Bytes(64, 2))},
                                    {"key", Json::bytes(Bytes(44, 3))}};
  const Json::Object problem{
      {"type", "urn:cardea:problem:peer-not-trusted"}, {"status", 421}, {"title", "x"}};
  Json::Object moved = problem;
  moved.emplace_back("forward", forward);
  const auto answer = [&](int status, const Json& body) {
    transport_.answer_json(status, body, "application/problem+json");
    EXPECT_EQ(error_of_answer(), Error::server_refused);
  };
  answer(421, moved);
  ASSERT_TRUE(client_.forward().has_value());
  EXPECT_EQ(client_.forward()->text(), forward.text());
  // Another server of that name, and one that says it with another status: nobody has moved.
  answer(421, problem);
  EXPECT_FALSE(client_.forward().has_value());
  answer(403, moved);
  EXPECT_FALSE(client_.forward().has_value());
}

TEST_F(Client, AGetHasNoBodyAndMayBeRepeated) {
  transport_.answer_json(200, Json::Object{});
  ASSERT_TRUE(client_.call({.method = "GET", .path = "/v1/x"}).ok());
  EXPECT_EQ(transport_.last().request.body, "");
  EXPECT_EQ(transport_.last().header("Content-Type"), "");
  EXPECT_TRUE(transport_.last().request.may_repeat);
}

TEST_F(Client, IdempotencyKeysAreFreshUnlessGiven) {
  const Call fresh{.method = "POST", .path = "/v1/x", .repeat = Repeat::once};
  std::vector<std::string> keys;
  for (int i = 0; i < 2; ++i) {
    transport_.answer_json(200, Json::Object{});
    ASSERT_TRUE(client_.call(fresh).ok());
    keys.push_back(transport_.last().header("Idempotency-Key"));
    EXPECT_TRUE(transport_.last().request.may_repeat);
  }
  EXPECT_EQ(keys[0].size(), 32u);
  EXPECT_NE(keys[0], keys[1]);
  Call given = fresh;
  given.idempotency_key = "my-own";
  transport_.answer_json(200, Json::Object{});
  ASSERT_TRUE(client_.call(given).ok());
  EXPECT_EQ(transport_.last().header("Idempotency-Key"), "my-own");
}

TEST_F(Client, DeviceSignaturesVerify) {
  transport_.answer_json(200, Json::Object{});
  const RequestKey key = device_key(computer_, device_);
  Call call{.method = "POST", .path = "/v1/x", .query = "?y=1", .key = &key, .repeat = Repeat::once};
  call.body = Json::Object{{"a", 1}};
  ASSERT_TRUE(client_.call(call).ok());
  const auto& sent = transport_.last();
  const auto parsed = api::parse_signature(sent.header("Signature-Input"), sent.header("Signature")).value();
  EXPECT_EQ(parsed.keyid, "device:" + computer_.text());
  EXPECT_EQ(parsed.created, clock_.now());
  EXPECT_TRUE(api::check_content_digest(sent.header("Content-Digest"), as_bytes(sent.request.body)).ok());
  const auto public_key = crypto::PublicKey::from_spki(device_.spki()).value();
  const std::string digest = sent.header("Content-Digest");
  EXPECT_TRUE(
      api::verify_ed25519(parsed, {"POST", "server.example", "/v1/x", "?y=1"}, digest, public_key).ok());
  EXPECT_FALSE(
      api::verify_ed25519(parsed, {"POST", "other.example", "/v1/x", "?y=1"}, digest, public_key).ok());
}

TEST_F(Client, SessionSignaturesVerify) {
  const auto session = api::SessionId::random(random_);
  const SecretKey32 hmac = random_.secret<32>();
  const RequestKey key = session_key(session, hmac);
  transport_.answer_json(200, Json::Object{});
  ASSERT_TRUE(client_.call({.method = "GET", .path = "/v1/x", .key = &key}).ok());
  const auto& sent = transport_.last();
  const auto parsed = api::parse_signature(sent.header("Signature-Input"), sent.header("Signature")).value();
  EXPECT_EQ(parsed.keyid, "session:" + session.text());
  EXPECT_TRUE(
      api::verify_hmac(parsed, {"GET", "server.example", "/v1/x", ""}, sent.header("Content-Digest"), hmac)
          .ok());
  EXPECT_EQ(session_key(session, device_).keyid, key.keyid);
}

// A repeated request with the nonce of the first would be refused as a replay.
TEST_F(Client, EachAttemptHasItsOwnNonceAndTime) {
  transport_.answer_json(200, Json::Object{});
  const RequestKey key = device_key(computer_, device_);
  HttpRequest request;
  { ASSERT_TRUE(client_.call({.method = "GET", .path = "/v1/x", .key = &key}).ok()); }
  transport_.answer_json(200, Json::Object{});
  clock_.advance(5);
  ASSERT_TRUE(client_.call({.method = "GET", .path = "/v1/x", .key = &key}).ok());
  const auto nonce = [this](std::size_t i) {
    const auto& sent = transport_.requests()[i];
    return api::parse_signature(sent.header("Signature-Input"), sent.header("Signature")).value();
  };
  EXPECT_NE(nonce(0).nonce, nonce(1).nonce);
  EXPECT_EQ(nonce(0).created + 5, nonce(1).created);
}

TEST_F(Client, AFailingSignerIsSaid) {
  const RequestKey key{"device:x", api::SignatureAlgorithm::ed25519,
                       [](ByteView) -> Result<Bytes> { return Error::card_removed; }};
  EXPECT_EQ(client_.call({.method = "GET", .path = "/v1/x", .key = &key}).error(), Error::card_removed);
}

TEST_F(Client, EmptyAnswersAndEtags) {
  transport_.answer(HttpResponse{204, {}, ""});
  EXPECT_TRUE(client_.call({.method = "DELETE", .path = "/v1/x"})->body.is_null());
  transport_.answer(HttpResponse{200, {{"content-type", "application/json"}, {"etag", "\"7\""}}, "{}"});
  EXPECT_EQ(client_.call({.method = "GET", .path = "/v1/x"})->etag, "\"7\"");
}

TEST_F(Client, HostileAnswersAreMisbehaviour) {
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("{} {}"), std::string("\xff\xfe"),
        std::string("{\"a\":1,\"a\":2}"), std::string("<html>"), std::string(100'000, '['),
        std::string("{\"a\":1e999}"), std::string("{\"a\":\"\xff\"}")}) {
    transport_.answer_text(200, body);
    EXPECT_EQ(error_of_answer(), Error::server_misbehaved) << body.substr(0, 20);
  }
  transport_.answer_text(200, "{}", "text/html");
  EXPECT_EQ(error_of_answer(), Error::server_misbehaved);
  transport_.answer_text(302, "{}");
  EXPECT_EQ(error_of_answer(), Error::server_misbehaved);
}

TEST_F(Client, FailuresComeThrough) {
  transport_.answer(fail(Error::server_untrusted, "expired"));
  EXPECT_EQ(error_of_answer(), Error::server_untrusted);
  transport_.answer_problem(401, "session-expired");
  EXPECT_EQ(error_of_answer(), Error::session_expired);
  transport_.answer_problem(500, "internal");
  const auto answer = client_.call({.method = "GET", .path = "/v1/account"});
  EXPECT_EQ(answer.error(), Error::server_refused);
  EXPECT_EQ(answer.failure().detail,
            "GET /v1/account: The server has a fault of its own (internal). Try again later.");
}

}  // namespace
}  // namespace cardea::upstream
