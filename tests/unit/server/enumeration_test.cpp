// SPDX-License-Identifier: Apache-2.0
// Whether an account exists shows neither in an answer nor in how long it takes, on any route that takes its
// name from a stranger.
#include "core/crypto/p256.h"
#include "tests/unit/server/answer_times.h"

namespace cardea::test {
namespace {

using api::Json;

constexpr int kAccounts = 40;

class Enumeration : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < kAccounts; ++i) {
      TestUser user(client, account_name("known", i), "password", "answer");
      const HttpReply reply = user.register_now([&](Json::Object& body) {
        for (auto& [name, value] : body) {
          if (name == "sheet_check") value = Json::bytes(sheet.spki());
        }
      });
      ASSERT_EQ(reply.status, 201);
    }
  }
  HttpCall registration(const std::string& account) {
    auto a = crypto::OpaqueClientRegistration::start(as_bytes("x"), server.random).value();
    const std::string request = to_base64url(a.request().serialise());
    return client.build(
        "POST", "/v1/registrations/start",
        Json(
            Json::Object{{"account", account}, {"opaque_a_request", request}, {"opaque_b_request", request}}),
        nullptr);
  }
  // With the code of a sheet that is nobody's.
  HttpCall sheet_request(const std::string& target, const char* purpose, const std::string& account) {
    const Bytes challenge = client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge");
    const Bytes proof = api::sheet_proof(client.authority(), challenge, account, purpose);
    return client.build("POST", target,
                        Json(Json::Object{{"account", account},
                                          {"challenge", Json::bytes(challenge)},
                                          {"signature", Json::bytes(other_sheet.sign(proof))}}),
                        nullptr);
  }
  template <typename Request>
  void expect_same(const Request& request, int status) {
    expect_no_difference(server, kAccounts, request, status);
  }

  InProcessServer server;
  ApiClient client = server.client();
  crypto::Ed25519KeyPair sheet = crypto::Ed25519KeyPair::generate(server.random);
  crypto::Ed25519KeyPair other_sheet = crypto::Ed25519KeyPair::generate(server.random);
};

TEST_F(Enumeration, TheStartOfALoginTakesAsLong) {
  expect_same([&](const auto& account) { return start_of_login(client, account); }, 200);
}

TEST_F(Enumeration, TheEndOfALoginTakesAsLong) {
  expect_same([&](const auto& account) { return end_of_login(client, account); }, 401);
}

TEST_F(Enumeration, TheStartOfARegistrationTakesAsLong) {
  expect_same([&](const auto& account) { return registration(account); }, 200);
}

TEST_F(Enumeration, ADraftTakesAsLong) {
  // What the server checks of records and keys is the same for all drafts: so are these.
  crypto::RegistrationRecord record;
  record.client_public_key = server.secrets->opaque().public_key();
  const std::string opaque = to_base64url(record.serialise());
  const Bytes recovery = to_bytes(crypto::P256KeyPair::generate(server.random).point());
  expect_same(
      [&](const auto& account) {
        const HttpReply started = client.send(registration(account));
        const auto own_sheet = crypto::Ed25519KeyPair::generate(server.random);
        return client.build("POST", "/v1/drafts",
                            Json(Json::Object{{"registration_id", started.text("registration_id")},
                                              {"opaque_a_record", opaque},
                                              {"opaque_b_record", opaque},
                                              {"question_seal", Json::bytes(Bytes(100, 3))},
                                              {"recovery_seal", Json::bytes(Bytes(104, 4))},
                                              {"recovery_public", Json::bytes(recovery)},
                                              {"sheet_check", Json::bytes(own_sheet.spki())}}),
                            nullptr);
      },
      201);
}

TEST_F(Enumeration, ASuspensionByAWrongSheetTakesAsLong) {
  expect_same([&](const auto& account) { return sheet_request("/v1/sheet/suspend", "suspend", account); },
              401);
}

TEST_F(Enumeration, AReopeningByAWrongSheetTakesAsLong) {
  expect_same([&](const auto& account) { return sheet_request("/v1/accounts/reopen", "reopen", account); },
              401);
}

// What a server would save that looks at the signature only where there is an account.
TEST_F(Enumeration, OneMoreSignatureThatIsCheckedWouldBeSeen) {
  const auto key = crypto::PublicKey::from_spki(sheet.spki()).value();
  const Bytes signature = to_bytes(sheet.sign(as_bytes("text")));
  const AnswersToBoth answers = answers_to_both(
      server, kAccounts, [&](const auto& account) { return start_of_login(client, account); },
      [&] { EXPECT_TRUE(key.verify(as_bytes("text"), signature).ok()); });
  EXPECT_LT(chance_of_less(answers.known.processor, answers.unknown.processor), 0.5 - kTolerance);
  EXPECT_GT(distance_of(answers.known.processor, answers.unknown.processor), kDistance);
}

TEST(Comparison, SeesAShiftAndAScatter) {
  std::vector<double> even, later, scattered;
  for (int i = 0; i < kSamples; ++i) {
    even.push_back(i);
    later.push_back(i + kSamples / 5);
    scattered.push_back(i % 2 == 0 ? -1 : kSamples);
  }
  EXPECT_EQ(chance_of_less(even, even), 0.5);
  EXPECT_EQ(distance_of(even, even), 0);
  EXPECT_GT(chance_of_less(even, later), 0.5 + kTolerance);
  EXPECT_EQ(chance_of_less(even, scattered), 0.5);
  EXPECT_GT(distance_of(even, scattered), kDistance);
}

TEST(Comparison, SeesAnotherTextAndAnotherLength) {
  const HttpReply refused{401, {{"x-request-id", "1"}}, "no"};
  EXPECT_EQ(looks_of(refused), looks_of({401, {{"x-request-id", "2"}}, "no"}));
  EXPECT_NE(looks_of(refused), looks_of({401, {{"x-request-id", "1"}}, "No"}));
  EXPECT_NE(looks_of(refused), looks_of({401, {{"x-request-id", "1"}, {"retry-after", "1"}}, "no"}));
  const HttpReply done{200, {}, R"({"login_id":"abcd","expires_at":1})"};
  EXPECT_EQ(looks_of(done), looks_of({200, {}, R"({"login_id":"efgh","expires_at":2})"}));
  EXPECT_NE(looks_of(done), looks_of({200, {}, R"({"login_id":"abcde","expires_at":1})"}));
  EXPECT_NE(looks_of(done), looks_of({200, {}, R"({"login_id":"abcd","closed":1})"}));
}

}  // namespace
}  // namespace cardea::test
