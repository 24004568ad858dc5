// SPDX-License-Identifier: Apache-2.0
// A registration that was prepared in a browser, through the API.
#include <gtest/gtest.h>

#include "core/crypto/opaque.h"
#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

constexpr std::int64_t kWeek = 7LL * 24 * 3600;

Result<SecretArray<64>> no_stretch(const SecretArray<64>& input) { return input.clone(); }

void set_member(Json::Object& body, std::string_view name, Json value) {
  for (auto& [key, member] : body) {
    if (key == name) member = std::move(value);
  }
}

// Somebody in a browser, and later at a computer.
class Person {
 public:
  explicit Person(ApiClient& api) : client(api), user(api, "anna", "correct horse", "rex") {}

  HttpReply prepare(const std::function<void(Json::Object&)>& change = {}) {
    auto a = crypto::OpaqueClientRegistration::start(as_bytes(kPassword), random).value();
    auto b = crypto::OpaqueClientRegistration::start(as_bytes(kBoth), random).value();
    const HttpReply started = client.post(
        "/v1/registrations/start", Json::Object{{"account", "anna"},
                                                {"opaque_a_request", Json::bytes(a.request().serialise())},
                                                {"opaque_b_request", Json::bytes(b.request().serialise())}});
    if (started.status != 200) return started;
    const auto record = [&](crypto::OpaqueClientRegistration&& part, const char* name) {
      const auto response = crypto::RegistrationResponse::parse(started.bytes(name)).value();
      return std::move(part).finalize(response, {}, no_stretch, random).value().record.serialise();
    };
    Json::Object body{{"registration_id", started.text("registration_id")},
                      {"opaque_a_record", Json::bytes(record(std::move(a), "opaque_a_response"))},
                      {"opaque_b_record", Json::bytes(record(std::move(b), "opaque_b_response"))},
                      {"question_seal", Json::bytes(Bytes(100, 3))},
                      {"recovery_seal", Json::bytes(Bytes(104, 4))},
                      {"recovery_public", Json::bytes(user.recovery_public)},
                      {"sheet_check", Json::bytes(sheet.spki())}};
    if (change) change(body);
    return client.post("/v1/drafts", body);
  }
  // The login with one record; what a wrong secret leads to is only seen in ke3.
  HttpReply ask(const std::string& step, const std::string& secret) {
    auto login = crypto::OpaqueClientLogin::start(as_bytes(secret), random).value();
    const HttpReply reply =
        client.post("/v1/drafts/" + step, Json::Object{{"sheet_check", Json::bytes(sheet.spki())},
                                                       {"ke1", Json::bytes(login.ke1().serialise())}});
    if (reply.status != 200) return reply;
    auto done = std::move(login).finish(crypto::Ke2::parse(reply.bytes("ke2")).value(), {}, no_stretch);
    opens = done.ok();
    ke3 = done.ok() ? done->ke3.serialise() : Bytes(64, 7);
    return reply;
  }
  Json::Object end(const HttpReply& question, const HttpReply& answer) {
    user.id = api::UserId::from_text(question.text("user_id")).value();
    return {{"login_id", answer.text("login_id")},
            {"ke3", Json::bytes(ke3)},
            {"account", "anna"},
            {"profile", Json::bytes(Bytes(2, '1'))},
            {"card", user.card.json(user.id, user.recovery_public)},
            {"computer", Json::Object{{"device_spki", Json::bytes(user.computer.device->spki())},
                                      {"name", "laptop"},
                                      {"serial", "SN1"}}},
            {"holders", Json::Array{holder_json("card", user.card.id().text(), 1),
                                    holder_json("recovery", user.computer.id().text(), 1),
                                    holder_json("sheet", "sheet", 1)}}};
  }
  Json::Object end() {
    const HttpReply question = ask("question", kPassword);
    return end(question, ask("answer", kBoth));
  }
  HttpReply finish(const Json::Object& body, ApiClient::Headers headers = {}) {
    return client.post("/v1/drafts/finish", body, user.computer.identity(), std::move(headers));
  }

  static constexpr const char* kPassword = "correct horse";
  static constexpr const char* kBoth = "correct horse\nrex";  // as TestUser has it
  SystemRandom random;
  ApiClient& client;
  TestUser user;
  crypto::Ed25519KeyPair sheet = crypto::Ed25519KeyPair::generate(random);
  Bytes ke3;
  bool opens = false;
};

class Drafts : public testing::Test {
 protected:
  InProcessServer server;
  ApiClient client = server.client();
  Person person{client};
};

TEST_F(Drafts, ADraftBecomesAnAccount) {
  const HttpReply kept = person.prepare();
  ASSERT_EQ(kept.status, 201) << kept.body;
  EXPECT_EQ(kept.number("expires_at"), client.now() + kWeek);
  const HttpReply question = person.ask("question", Person::kPassword);
  ASSERT_EQ(question.status, 200) << question.body;
  EXPECT_TRUE(person.opens);
  EXPECT_EQ(question.bytes("question_seal"), Bytes(100, 3));
  const HttpReply answer = person.ask("answer", Person::kBoth);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.bytes("recovery_seal"), Bytes(104, 4));
  EXPECT_EQ(answer.bytes("recovery_public"), person.user.recovery_public);
  const HttpReply finished = person.finish(person.end(question, answer));
  ASSERT_EQ(finished.status, 201) << finished.body;
  EXPECT_EQ(finished.text("user_id"), question.text("user_id"));

  person.user.log_in();  // with the records that the browser has made
  const HttpReply audit = client.get("/v1/audit", person.user.session);
  EXPECT_NE(audit.body.find("prepared_from"), std::string::npos);
  EXPECT_EQ(person.ask("question", Person::kPassword).problem(), "not-found");
}

TEST_F(Drafts, AreNoAccount) {
  ASSERT_EQ(person.prepare().status, 201);
  EXPECT_EQ(person.user.login_password("correct horse").problem(), "identity-not-accepted");
  // Nor do they keep a name from anybody.
  TestUser other(client, "Anna", "x", "y");
  EXPECT_EQ(other.register_now().status, 201);
  EXPECT_EQ(person.prepare().status, 409);  // the sheet's, not the account's
  const Json::Object body = person.end();
  EXPECT_EQ(person.finish(body).problem(), "account-exists");
  Json::Object renamed = body;
  set_member(renamed, "account", "anna2");
  EXPECT_EQ(person.finish(renamed).status, 201);  // with another name, out of the same draft
}

TEST_F(Drafts, WhetherANameIsTakenIsNotSaid) {
  const HttpReply free = person.prepare();
  TestUser other(client, "anna", "x", "y");
  ASSERT_EQ(other.register_now().status, 201);
  Person late(client);
  const HttpReply taken = late.prepare();
  EXPECT_EQ(free.status, taken.status);
  EXPECT_EQ(free.body.size(), taken.body.size());
}

TEST_F(Drafts, AWrongPasswordOrAnswerMakesNoAccount) {
  ASSERT_EQ(person.prepare().status, 201);
  const HttpReply question = person.ask("question", "wrong");
  EXPECT_EQ(question.status, 200);
  EXPECT_FALSE(person.opens);
  const HttpReply answer = person.ask("answer", "correct horse\nmax");
  EXPECT_FALSE(person.opens);
  Json::Object body = person.end(question, answer);
  EXPECT_EQ(person.finish(body).problem(), "identity-not-accepted");
  EXPECT_EQ(person.finish(person.end()).status, 201);
}

TEST_F(Drafts, WhatIsNotProvedIsRefused) {
  ASSERT_EQ(person.prepare().status, 201);
  const Json::Object good = person.end();
  const auto spoiled = [&](std::string_view name, Json value) {
    Json::Object body = good;
    set_member(body, name, std::move(value));
    return person.finish(body).problem();
  };
  const Bytes other_key = to_bytes(crypto::P256KeyPair::generate(person.random).point());
  EXPECT_EQ(spoiled("card", person.user.card.json(person.user.id, other_key)), "signature-invalid");
  EXPECT_EQ(spoiled("login_id", random_text(120)), "identity-not-accepted");
  EXPECT_EQ(spoiled("holders", Json::Array{holder_json("sheet", "sheet", 2)}), "invalid-argument");
  EXPECT_EQ(spoiled("account", ""), "invalid-argument");
  EXPECT_EQ(client.post("/v1/drafts/finish", good).status, 401);
  EXPECT_EQ(person.finish(good).status, 201);
}

TEST_F(Drafts, TheSameAnswerComesTwiceAndNoSecondAccount) {
  ASSERT_EQ(person.prepare().status, 201);
  const Json::Object body = person.end();
  const HttpReply first = person.finish(body, {{"Idempotency-Key", "one"}});
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(person.finish(body, {{"Idempotency-Key", "one"}}).body, first.body);
  Json::Object other = body;
  set_member(other, "account", "berta");
  EXPECT_EQ(person.finish(other).problem(), "not-found");
}

TEST_F(Drafts, EndAfterAWeek) {
  ASSERT_EQ(person.prepare().status, 201);
  const HttpReply question = person.ask("question", Person::kPassword);
  const Json::Object body = person.end(question, person.ask("answer", Person::kBoth));
  server.clock.advance(3601);
  EXPECT_EQ(person.finish(body).problem(), "session-expired");
  server.clock.advance(kWeek - 3601);
  EXPECT_EQ(person.ask("question", Person::kPassword).problem(), "not-found");
}

TEST_F(Drafts, WhatIsNoDraftIsRefused) {
  const auto spoiled = [&](std::string_view name, Json value) {
    return person.prepare([&](Json::Object& body) { set_member(body, name, std::move(value)); }).problem();
  };
  EXPECT_EQ(spoiled("registration_id", random_text(120)), "identity-not-accepted");
  EXPECT_EQ(spoiled("recovery_public", Json::bytes(Bytes(65, 4))), "key-invalid");
  EXPECT_EQ(spoiled("sheet_check", Json::bytes(Bytes(44, 4))), "key-invalid");
  EXPECT_EQ(spoiled("opaque_a_record", Json::bytes(Bytes(191, 4))), "invalid-argument");
  EXPECT_EQ(person.prepare([&](Json::Object&) { server.clock.advance(3601); }).problem(), "session-expired");
}

TEST_F(Drafts, GuessesAreCountedAndCloseTheDraftAlone) {
  ASSERT_EQ(person.prepare().status, 201);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(person.ask("question", "guess").status, 200);
  EXPECT_EQ(person.ask("answer", "guess").status, 429);
  for (int i = 5; i < 30; ++i) {
    server.clock.advance(3600);
    EXPECT_EQ(person.ask("answer", "guess").status, 200);
  }
  server.clock.advance(3600);
  EXPECT_EQ(person.ask("question", Person::kPassword).problem(), "account-closed");
  Person other(client);
  EXPECT_EQ(other.prepare().status, 201);
  EXPECT_EQ(other.ask("question", Person::kPassword).status, 200);
}

TEST_F(Drafts, ANetworkHasRoomForFifty) {
  for (int i = 0; i < 50; ++i) {
    Person next(client);
    ASSERT_EQ(next.prepare().status, 201);
  }
  const HttpReply refused = person.prepare();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("retry-after"), "3600");
  EXPECT_EQ(person.user.register_now().status, 201);  // with a card one is not concerned
}

TEST(DraftsClosed, WhereRegistrationIsClosedNobodyPreparesOrFinishes) {
  auto settings = InProcessServer::default_settings();
  settings.registration_open = false;
  InProcessServer server(settings);
  ApiClient client = server.client();
  Person person(client);
  EXPECT_EQ(person.prepare().problem(), "state-forbidden");
  EXPECT_EQ(person.ask("question", "x").problem(), "state-forbidden");
}

}  // namespace
}  // namespace cardea::test
