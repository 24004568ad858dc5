// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

class Cards : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(user.register_now().status, 201);
    user.log_in();
  }
  HttpReply set_state(const Identity& by, const TestCard& card, std::string_view state,
                      std::string_view reason, std::string_view if_match) {
    ApiClient::Headers headers;
    if (!if_match.empty()) headers.emplace_back("If-Match", if_match);
    return client.post("/v1/cards/" + card.id().text() + "/state",
                       Json::Object{{"state", state}, {"reason", reason}}, by, headers);
  }
  std::string state_of(const TestCard& card) {
    const Json json = client.get("/v1/cards", user.session).json();
    for (const Json& item : *json.find("cards")->array()) {
      if (*item.find("card_id")->string() == card.id().text()) return *item.find("state")->string();
    }
    return "";
  }
  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "correct horse", "rex"};
};

TEST_F(Cards, SuspendResumeRevoke) {
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  const HttpReply suspended = set_state(user.session, user.card, "suspended", "mislaid", "\"1\"");
  ASSERT_EQ(suspended.status, 200) << suspended.body;
  EXPECT_EQ(suspended.headers.at("etag"), "\"2\"");
  EXPECT_EQ(suspended.text("reason"), "mislaid");
  // Its sessions are gone, and it opens no new ones.
  EXPECT_EQ(client.get("/v1/account", user.card_identity).problem(), "session-expired");
  EXPECT_EQ(user.open_card_session(user.card).problem(), "card-revoked");
  EXPECT_EQ(set_state(user.session, user.card, "active", "", "\"2\"").status, 200);
  EXPECT_EQ(user.open_card_session(user.card).status, 201);
  EXPECT_EQ(set_state(user.session, user.card, "revoked", "stolen", "\"3\"").status, 200);
  EXPECT_EQ(user.open_card_session(user.card).problem(), "card-revoked");
  EXPECT_EQ(set_state(user.session, user.card, "active", "", "\"4\"").problem(), "state-forbidden");
  EXPECT_EQ(state_of(user.card), "revoked");
  // Its holder of the root key is gone.
  const HttpReply holders = client.get("/v1/account/holders", user.session);
  EXPECT_EQ(holders.body.find("\"kind\":\"card\""), std::string::npos);
  EXPECT_NE(holders.body.find("\"kind\":\"sheet\""), std::string::npos);
}

TEST_F(Cards, ThePasswordAloneCanOnlySuspend) {
  ASSERT_EQ(user.login_password("correct horse").status, 200);
  EXPECT_EQ(set_state(user.session, user.card, "revoked", "lost", "\"1\"").problem(), "permission-denied");
  EXPECT_EQ(set_state(user.session, user.card, "suspended", "lost", "\"1\"").status, 200);
  EXPECT_EQ(set_state(user.session, user.card, "active", "", "\"2\"").problem(), "permission-denied");
}

TEST_F(Cards, AChangeNamesTheVersionItMeans) {
  EXPECT_EQ(set_state(user.session, user.card, "suspended", "lost", "").status, 428);
  EXPECT_EQ(set_state(user.session, user.card, "suspended", "lost", "\"7\"").status, 412);
  EXPECT_EQ(set_state(user.session, user.card, "suspended", "lost", "W/\"1\"").status, 412);
  EXPECT_EQ(set_state(user.session, user.card, "suspended", "lost", "*").status, 412);
  EXPECT_EQ(set_state(user.session, user.card, "suspended", "", "\"1\"").problem(), "invalid-argument");
  EXPECT_EQ(set_state(user.session, user.card, "revoked", "mislaid", "\"1\"").problem(), "invalid-argument");
  EXPECT_EQ(set_state(user.session, user.card, "blank", "", "\"1\"").problem(), "invalid-argument");
  EXPECT_EQ(set_state(user.session, TestCard::make(), "suspended", "lost", "\"1\"").problem(), "not-found");
  EXPECT_EQ(state_of(user.card), "active");
}

TEST_F(Cards, NobodyTouchesAnothersCard) {
  TestUser other(client, "berta", "p", "a");
  ASSERT_EQ(other.register_now().status, 201);
  other.log_in();
  EXPECT_EQ(set_state(other.session, user.card, "suspended", "lost", "\"1\"").problem(), "not-found");
  EXPECT_EQ(client.get("/v1/account?user_id=" + user.id.text(), other.session).problem(),
            "permission-denied");
  EXPECT_EQ(client.get("/v1/account?user_id=" + user.id.text(), other.computer.identity()).problem(),
            "not-found");
  EXPECT_EQ(state_of(user.card), "active");
}

class Replacement : public Cards {
 protected:
  HttpReply replace(Json body, ApiClient::Headers headers = {}) {
    return client.post("/v1/cards/replace", body, user.session, std::move(headers));
  }
  TestCard fresh = TestCard::make();
};

TEST_F(Replacement, TheNewCardTakesEverythingOver) {
  const TestGeneration generation = user.make_generation(user.computer);
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  const HttpReply reply = replace(user.replace_body(fresh, user.computer, 1));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.number("epoch"), 2);
  EXPECT_NE(reply.body.find("\"revoked\":[\"" + user.card.id().text() + "\"]"), std::string::npos);
  EXPECT_EQ(client.get("/v1/account", user.card_identity).problem(), "session-expired");
  EXPECT_EQ(user.open_card_session(user.card).problem(), "card-revoked");
  EXPECT_EQ(user.open_card_session(fresh).status, 201);
  EXPECT_EQ(user.issue(user.computer).problem(), "state-forbidden");
  const HttpReply checked = user.check_in(user.computer, generation, 0);
  EXPECT_EQ(checked.text("fit"), "mismatch");
  EXPECT_EQ(checked.number("epoch"), 2);
  const Json account = client.get("/v1/account", user.session).json();
  EXPECT_EQ(*account.find("recovery_signer")->find("card_id")->string(), fresh.id().text());
  const HttpReply holders = client.get("/v1/account/holders", user.session);
  EXPECT_EQ(holders.body.find(user.card.id().text()), std::string::npos);
  EXPECT_NE(holders.body.find("\"epoch_seals\":[{\"epoch\":1"), std::string::npos);
}

TEST_F(Replacement, ALostAnswerIsGivenAgain) {
  const Json body = user.replace_body(fresh, user.computer, 1);
  const ApiClient::Headers key{{"Idempotency-Key", "k-1"}};
  const HttpReply first = replace(body, key);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(replace(body, key).body, first.body);
  EXPECT_EQ(replace(user.replace_body(TestCard::make(), user.computer, 2), key).problem(), "server-conflict");
  EXPECT_EQ(replace(body).status, 412);
}

TEST_F(Replacement, NothingHappensWithoutEveryProof) {
  const auto spoil = [&](std::string_view name, Json value) {
    Json::Object body = *user.replace_body(fresh, user.computer, 1).object();
    for (auto& [key, member] : body) {
      if (key == name) member = value;
    }
    return replace(body);
  };
  EXPECT_EQ(spoil("computer_proof", random_text(64)).problem(), "signature-invalid");
  EXPECT_EQ(spoil("card", fresh.json(api::UserId::random(server.random), user.recovery_public)).problem(),
            "signature-invalid");
  EXPECT_EQ(spoil("computer_id", TestComputer::make().id().text()).problem(), "not-found");
  EXPECT_EQ(spoil("holders", Json::Array{holder_json("sheet", "sheet", 2)}).problem(), "holder-missing");
  EXPECT_EQ(spoil("holders", Json::Array{holder_json("card", user.card.id().text(), 2)}).problem(),
            "invalid-argument");
  EXPECT_EQ(spoil("holders", Json::Array{holder_json("card", fresh.id().text(), 1)}).problem(),
            "invalid-argument");
  EXPECT_EQ(replace(user.replace_body(fresh, user.computer, 2)).status, 412);
  EXPECT_EQ(replace(user.replace_body(user.card, user.computer, 1)).problem(), "already-exists");
  EXPECT_EQ(state_of(user.card), "active");
  EXPECT_EQ(state_of(fresh), "");
}

TEST_F(Replacement, OnlyPasswordAndAnswerMayReplace) {
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  EXPECT_EQ(client.post("/v1/cards/replace", user.replace_body(fresh, user.computer, 1), user.card_identity)
                .problem(),
            "permission-denied");
}

TEST_F(Replacement, ACardOfSomebodyElseIsRefused) {
  TestUser other(client, "berta", "p", "a");
  ASSERT_EQ(other.register_now().status, 201);
  EXPECT_EQ(replace(user.replace_body(other.card, user.computer, 1)).problem(), "already-exists");
}

TEST_F(Replacement, TheAccessKeyIsEvidence) {
  const TestGeneration generation = user.make_generation(user.computer);
  ASSERT_EQ(user.open_access_key_session(user.computer, generation).status, 201);
  const std::string evidence = user.access_key_identity.keyid.substr(8);
  Json::Object body = *user.replace_body(fresh, user.computer, 1).object();
  body.emplace_back("access_key_session", evidence);
  const ApiClient::Headers key{{"Idempotency-Key", "k"}};
  const HttpReply first = replace(body, key);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(replace(body, key).body, first.body);
  EXPECT_NE(client.get("/v1/audit", user.session).body.find("\"access_key\":true"), std::string::npos);
}

// Figure 17: who has the computer and one of its access keys.
TEST_F(Replacement, AnAccessKeyReplacesTheCardAtItsComputer) {
  const TestGeneration generation = user.make_generation(user.computer);
  ASSERT_EQ(user.open_access_key_session(user.computer, generation).status, 201);
  const ApiClient::Headers key{{"Idempotency-Key", "k"}};
  const auto by_access_key = [&](Json body, ApiClient::Headers headers = {}) {
    return client.post("/v1/cards/replace", body, user.access_key_identity, std::move(headers));
  };
  const Json body = user.replace_body(fresh, user.computer, 1);
  const HttpReply first = by_access_key(body, key);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.number("epoch"), 2);
  EXPECT_EQ(by_access_key(body, key).body, first.body);  // the answer was lost
  EXPECT_EQ(user.open_card_session(user.card).problem(), "card-revoked");
  ASSERT_EQ(user.open_card_session(fresh).status, 201);
  EXPECT_NE(client.get("/v1/audit", user.card_identity).body.find("\"by\":\"access-key\""),
            std::string::npos);
  // One key, one card.
  EXPECT_EQ(by_access_key(user.replace_body(TestCard::make(), user.computer, 2)).problem(),
            "permission-denied");
  EXPECT_EQ(user.open_access_key_session(user.computer, generation).problem(), "state-forbidden");
}

TEST_F(Replacement, AnAccessKeyReplacesNothingElsewhere) {
  const TestComputer elsewhere = TestComputer::make();
  ASSERT_EQ(user.add_computer(elsewhere, user.session).status, 201);
  const TestGeneration generation = user.make_generation(elsewhere);
  ASSERT_EQ(user.open_access_key_session(elsewhere, generation).status, 201);
  const HttpReply refused =
      client.post("/v1/cards/replace", user.replace_body(fresh, user.computer, 1), user.access_key_identity);
  EXPECT_EQ(refused.problem(), "permission-denied");
  EXPECT_EQ(state_of(user.card), "active");
  EXPECT_EQ(state_of(fresh), "");
  // It reads nothing and changes nothing else.
  for (const char* path : {"/v1/account", "/v1/account/holders", "/v1/records", "/v1/cards"})
    EXPECT_EQ(client.get(path, user.access_key_identity).problem(), "permission-denied") << path;
}

TEST_F(Cards, TheAuditChainCanBeFollowed) {
  ASSERT_EQ(set_state(user.session, user.card, "suspended", "lost", "\"1\"").status, 200);
  const Json answer = client.get("/v1/audit", user.session).json();
  server::Digest head{};
  const auto& events = *answer.find("events")->array();
  ASSERT_EQ(events.size(), 4u);  // registered, two sessions, the card
  for (const Json& event : events) {
    const Json text = Json::Object{{"details", event.find("details")->canonical()},
                                   {"kind", *event.find("kind")},
                                   {"sequence", *event.find("sequence")},
                                   {"time", *event.find("time")},
                                   {"user", user.id.text()}};
    const std::uint8_t prefix[] = {1};
    head = crypto::sha256({prefix, head, as_bytes(text.text())});
    EXPECT_EQ(*event.find("hash")->string(), to_base64url(head));
  }
  const Json& audit = *answer.find("audit");
  EXPECT_EQ(*audit.find("head")->string(), to_base64url(head));
  const Json& checkpoint = *audit.find("checkpoint");
  const auto key =
      crypto::PublicKey::from_spki(from_base64url(*checkpoint.find("key")->string()).value()).value();
  EXPECT_EQ(key.spki(), server.secrets->checkpoint_key().spki());
  const auto time = static_cast<std::uint64_t>(*checkpoint.find("time")->integer());
  EXPECT_TRUE(key.verify(api::checkpoint_proof(4, head, time),
                         from_base64url(*checkpoint.find("signature")->string()).value())
                  .ok());
  const Json rest = client.get("/v1/audit?after=3", user.session).json();
  EXPECT_EQ(rest.find("events")->array()->size(), 1u);
}

}  // namespace
}  // namespace cardea::test
