// SPDX-License-Identifier: Apache-2.0
// Help-desk officers over the API (docs/spec/officers.md): two officers, a person who has lost everything,
// and what nobody may do.
#include <gtest/gtest.h>

#include "server/http/routes.h"
#include "tests/support/server/in_process.h"
#include "tests/unit/server/webauthn_parts.h"

namespace cardea::test {
namespace {

using api::Json;

class Officers : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(anna.register_now().status, 201);
    anna.log_in();
    ASSERT_TRUE(server.store->set_policy({"officer.second", "always", "root"}, client.now()).ok());
    ASSERT_TRUE(server.store->set_policy({"officer.verification", "call-back", "root"}, client.now()).ok());
    olaf = officer("olaf", olaf_card);
    otto = officer("otto", otto_card);
    prepare_for({{"olaf", &olaf_card, 1}, {"otto", &otto_card, 2}});
  }
  struct Sealed {
    const char* name;
    const TestCard* card;
    std::uint8_t seal;
  };
  void prepare_for(const std::vector<Sealed>& officers) {
    generation = anna.begin(anna.computer);
    Json::Array seals;
    for (const Sealed& one : officers) {
      seals.push_back(Json::Object{{"officer_id", one.card->id().text()},
                                   {"name", one.name},
                                   {"seal", Json::bytes(Bytes(115, one.seal))}});
    }
    const Json body = Json::Object{{"user_id", anna.id.text()},
                                   {"generation", generation.number},
                                   {"seal", Json::bytes(generation.seal)},
                                   {"check_k0", Json::bytes(generation.check_k0)},
                                   {"login_public", Json::bytes(generation.login_key->spki())},
                                   {"officer_seals", std::move(seals)}};
    const HttpReply prepared =
        client.post(anna.computer.path("/access-keys/prepare"), body, anna.computer.identity());
    ASSERT_EQ(prepared.status, 204) << prepared.body;
    ASSERT_EQ(anna.commit(anna.computer, generation).status, 200);
  }
  // An officer whom the administrator has added, with a session that his card has opened.
  Identity officer(const std::string& name, const TestCard& card) {
    server::Officer row;
    row.id = card.id();
    row.name = name;
    row.auth_spki = card.auth.spki();
    row.role = "officer";
    EXPECT_TRUE(server.store->add_officer(row, "root", server.clock.now()).ok());
    Identity identity;
    const HttpReply reply = open_session(card, identity);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return identity;
  }
  Bytes challenge() { return client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge"); }
  HttpReply open_session(const TestCard& card, Identity& identity, bool as_user = false) {
    identity.key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(server.random));
    const UnixSeconds until = client.now() + 3600;
    last_challenge = challenge();
    const auto proof = as_user ? api::card_session_proof : api::officer_session_proof;
    const Bytes message =
        proof("server.test", last_challenge, identity.key->spki(), static_cast<std::uint64_t>(until));
    last_session = Json::Object{{"officer_id", card.id().text()},
                                {"challenge", Json::bytes(last_challenge)},
                                {"session_spki", Json::bytes(identity.key->spki())},
                                {"expires_at", until},
                                {"signature", Json::bytes(card.auth.sign(message))}};
    const HttpReply reply = client.post("/v1/sessions/officer-card", last_session);
    identity.keyid = "officer:" + reply.text("session_id");
    return reply;
  }
  HttpReply ask(const Identity& by, Json::Object body) {
    body.emplace_back("user_id", anna.id.text());
    if (std::none_of(body.begin(), body.end(), [](const auto& it) { return it.first == "verified"; }))
      body.emplace_back("verified", Json::Array{"call-back"});
    body.emplace_back("reason", "Lost her bag in Paris");
    return client.post("/v1/officers/requests", body, by);
  }
  Json::Object for_key() { return {{"kind", "access-key"}, {"computer_id", anna.computer.id().text()}}; }
  std::string asked() { return ask(olaf, for_key()).text("request_id"); }
  HttpReply step(const std::string& request, const std::string& what, const Identity& by,
                 ApiClient::Headers headers = {}) {
    return client.post("/v1/officers/requests/" + request + "/" + what, Json::Object{}, by,
                       std::move(headers));
  }
  std::string history() { return client.get("/v1/audit", anna.session).body; }
  // As a browser would.
  HttpReply add_key(const SoftKey& key, const std::string& code) {
    const server::Digest wanted = server::officer_key_challenge("server.test", code);
    return client.post("/v1/officers/keys",
                       Json::Object{{"code", code},
                                    {"credential_id", Json::bytes(key.credential)},
                                    {"spki", Json::bytes(key.key.spki())},
                                    {"client_data", Json::bytes(key.client_data("webauthn.create", wanted))},
                                    {"authenticator_data", Json::bytes(key.authenticator_data(true))},
                                    {"label", "desk key"}});
  }
  HttpReply sign_in(const SoftKey& key, Identity& identity) {
    identity.key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(server.random));
    const UnixSeconds until = client.now() + 3600;
    last_challenge = challenge();
    const server::Digest wanted =
        server::officer_session_challenge("server.test", last_challenge, identity.key->spki(), until);
    const Bytes client_data = key.client_data("webauthn.get", wanted);
    const Bytes data = key.authenticator_data(false);
    last_session = Json::Object{{"credential_id", Json::bytes(key.credential)},
                                {"challenge", Json::bytes(last_challenge)},
                                {"session_spki", Json::bytes(identity.key->spki())},
                                {"expires_at", until},
                                {"client_data", Json::bytes(client_data)},
                                {"authenticator_data", Json::bytes(data)},
                                {"signature", Json::bytes(key.sign(data, client_data))}};
    const HttpReply reply = client.post("/v1/sessions/officer-key", last_session);
    identity.keyid = "officer:" + reply.text("session_id");
    return reply;
  }
  std::string code() { return client.post("/v1/officers/key-codes", Json::Object{}, olaf).text("code"); }

  InProcessServer server;
  ApiClient client = server.client();
  TestUser anna{client, "anna", "correct horse", "rex"};
  TestCard olaf_card = TestCard::make(), otto_card = TestCard::make();
  TestGeneration generation;
  Identity olaf, otto;
  Bytes last_challenge;
  Json last_session;
};

TEST_F(Officers, TwoOfThemHelpSomebodyWhoHasLostEverything) {
  const HttpReply found = client.post("/v1/officers/find", Json::Object{{"account", "ANNA"}}, olaf);
  ASSERT_EQ(found.status, 200) << found.body;
  EXPECT_EQ(found.text("user_id"), anna.id.text());
  EXPECT_NE(found.body.find("\"can_issue\":true"), std::string::npos);
  const HttpReply request = ask(olaf, for_key());
  ASSERT_EQ(request.status, 201) << request.body;
  EXPECT_EQ(request.text("state"), "waiting");
  const std::string id = request.text("request_id");
  EXPECT_EQ(step(id, "issue", olaf).problem(), "state-forbidden");
  EXPECT_EQ(step(id, "approve", olaf).problem(), "permission-denied");
  const HttpReply list = client.get("/v1/officers/requests", otto);
  EXPECT_NE(list.body.find(id), std::string::npos);
  EXPECT_NE(list.body.find("Lost her bag in Paris"), std::string::npos);
  EXPECT_EQ(step(id, "approve", otto).text("state"), "approved");
  EXPECT_EQ(step(id, "issue", otto).problem(), "permission-denied");
  const ApiClient::Headers once{{"Idempotency-Key", "issue-1"}};
  const HttpReply issued = step(id, "issue", olaf, once);
  ASSERT_EQ(issued.status, 200) << issued.body;
  EXPECT_EQ(issued.number("index"), 1);
  EXPECT_EQ(issued.bytes("seal"), Bytes(115, 1));
  EXPECT_EQ(issued.bytes("check_k0"), generation.check_k0);
  EXPECT_EQ(step(id, "issue", olaf, once).body, issued.body);
  // A terminal that went dark: the next one, three at most.
  EXPECT_EQ(step(id, "issue", olaf).number("index"), 2);
  EXPECT_EQ(step(id, "issue", olaf).number("index"), 3);
  EXPECT_EQ(step(id, "issue", olaf).problem(), "access-key-exhausted");
  EXPECT_EQ(anna.check_in(anna.computer, generation, 3).text("fit"), "ok");
}

TEST_F(Officers, TheOwnerSeesEachStepAndWhoCanOpen) {
  (void)client.post("/v1/officers/find", Json::Object{{"account", "anna"}}, olaf);
  const std::string id = asked();
  (void)step(id, "approve", otto);
  (void)step(id, "issue", olaf);
  const std::string events = history();
  for (const char* kind : {"officer-found", "officer-asked", "officer-approved", "officer-issued"})
    EXPECT_NE(events.find(kind), std::string::npos) << kind;
  EXPECT_NE(events.find("Lost her bag in Paris"), std::string::npos);
  EXPECT_NE(events.find("\"second\":\"otto\""), std::string::npos);
  EXPECT_NE(client.get("/v1/computers", anna.session).body.find(R"("officers":["olaf","otto"])") ==
                    std::string::npos
                ? client.get("/v1/computers", anna.session).body.find(R"("officers":["otto","olaf"])")
                : 0,
            std::string::npos);
  EXPECT_NE(anna.check_in(anna.computer, generation, 0).body.find(olaf_card.id().text()), std::string::npos);
  prepare_for({});
  EXPECT_NE(client.get("/v1/computers", anna.session).body.find(R"("officers":[])"), std::string::npos);
  EXPECT_EQ(step(asked(), "approve", otto).status, 200);
}

TEST_F(Officers, NoOtherRouteTakesThem) {
  SoftKey key = SoftKey::make();
  ASSERT_EQ(add_key(key, code()).status, 201);
  Identity by_key;
  ASSERT_EQ(sign_in(key, by_key).status, 201);
  for (const server::http::Route& route : server::http::routes()) {
    if ((route.allow & (server::http::kAnyone | server::http::kAnyOfficer)) != 0) continue;
    std::string target = route.pattern;
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"{card_id}", anna.card.id().text()},
                                      {"{computer_id}", anna.computer.id().text()},
                                      {"{record_id}", anna.id.text()},
                                      {"{pairing_id}", anna.id.text()},
                                      {"{move}", std::string(64, '0')},
                                      {"{number}", "0"},
                                      {"{policy}", "registration"},
                                      {"{kind}", "card"},
                                      {"{ref}", anna.card.id().text()}}) {
      if (const auto at = target.find(name); at != std::string::npos) target.replace(at, name.size(), value);
    }
    const std::optional<Json> body = route.has_body ? std::optional<Json>(Json::Object{}) : std::nullopt;
    for (const Identity* identity : {&olaf, &by_key}) {
      const HttpReply reply = client.call(route.method, target, body, identity);
      EXPECT_EQ(reply.problem(), "permission-denied") << route.method << ' ' << target;
    }
  }
}

TEST_F(Officers, NobodyElsesSessionIsAnOfficers) {
  for (const server::http::Route& route : server::http::routes()) {
    const std::string pattern = route.pattern;
    if ((route.allow & server::http::kAnyOfficer) == 0 || pattern == "/v1/sessions/current") continue;
    std::string target = pattern;
    if (const auto at = target.find("{request_id}"); at != std::string::npos)
      target.replace(at, 12, anna.id.text());
    const std::optional<Json> body = route.has_body ? std::optional<Json>(Json::Object{}) : std::nullopt;
    const Identity device = anna.computer.identity();
    for (const Identity* identity : {&std::as_const(anna.session), &device})
      EXPECT_EQ(client.call(route.method, target, body, identity).problem(), "permission-denied") << target;
  }
  // A user's signature is none of an officer, with the same card.
  Identity identity;
  EXPECT_EQ(open_session(olaf_card, identity, true).problem(), "identity-not-accepted");
  EXPECT_EQ(open_session(anna.card, identity).problem(), "identity-not-accepted");
}

TEST_F(Officers, ASuspendedOneIsOutAtOnce) {
  const std::string id = asked();
  ASSERT_TRUE(
      server.store->set_officer_state(olaf_card.id(), server::OfficerState::suspended, "root", client.now())
          .ok());
  EXPECT_EQ(client.get("/v1/officers/me", olaf).problem(), "session-expired");
  EXPECT_EQ(step(id, "issue", olaf).problem(), "session-expired");
  Identity identity;
  EXPECT_EQ(open_session(olaf_card, identity).problem(), "permission-denied");
}

TEST_F(Officers, AnHourLaterTheRequestIsGone) {
  const std::string id = asked();
  server.clock.advance(3600);
  EXPECT_EQ(step(id, "approve", otto).status, 401);  // so are the sessions
  (void)open_session(otto_card, otto);
  (void)open_session(olaf_card, olaf);
  EXPECT_EQ(step(id, "approve", otto).problem(), "not-found");
  EXPECT_EQ(step(id, "issue", olaf).problem(), "not-found");
}

TEST_F(Officers, PolicySaysWhatIsVerified) {
  Json::Object body = for_key();
  body.emplace_back("verified", Json::Array{"identity-document"});
  EXPECT_EQ(ask(olaf, body).problem(), "state-forbidden");
  body.back().second = Json::Array{"call-back", "call-back"};
  EXPECT_EQ(ask(olaf, body).problem(), "invalid-argument");
  body.back().second = Json::Array{"call-back", "star-sign"};
  EXPECT_EQ(ask(olaf, body).problem(), "invalid-argument");
  body.back().second = Json::Array{"call-back", "identity-document"};
  EXPECT_EQ(ask(olaf, body).status, 201);
  EXPECT_EQ(ask(olaf, {{"kind", "access-key"}}).problem(), "invalid-argument");
  EXPECT_EQ(ask(olaf, {{"kind", "suspend-card"}}).problem(), "invalid-argument");
  EXPECT_EQ(ask(olaf, {{"kind", "open-account"}, {"card_id", anna.card.id().text()}}).problem(),
            "invalid-argument");
}

TEST_F(Officers, WithoutPolicyOneOfficerIsEnough) {
  for (const char* name : {"officer.second", "officer.verification"})
    ASSERT_TRUE(server.store->set_policy({name, {}, "root"}, client.now()).ok());
  Json::Object body = for_key();
  body.emplace_back("verified", Json::Array{});
  const HttpReply request = ask(olaf, body);
  EXPECT_EQ(request.text("state"), "approved");
  EXPECT_EQ(step(request.text("request_id"), "issue", olaf).number("index"), 1);
}

TEST_F(Officers, TheAdministratorsSeeItToo) {
  const std::string id = asked();
  (void)step(id, "approve", otto);
  (void)step(id, "issue", olaf);
  std::string told;
  const auto events = server.store->admin_events(0, 100);
  for (const server::AdminEvent& event : *events)
    told += event.actor + " " + event.kind + "\n";
  EXPECT_NE(told.find("root officer-added\n"), std::string::npos);
  EXPECT_NE(told.find("olaf officer-asked\notto officer-approved\nolaf officer-issued\n"), std::string::npos)
      << told;
}

TEST_F(Officers, ACardIsSuspendedWithoutASecondOfficer) {
  const HttpReply request = ask(olaf, {{"kind", "suspend-card"}, {"card_id", anna.card.id().text()}});
  EXPECT_EQ(request.text("state"), "approved");
  const std::string id = request.text("request_id");
  EXPECT_EQ(step(id, "issue", olaf).problem(), "state-forbidden");
  EXPECT_EQ(step(id, "carry-out", olaf).text("state"), "done");
  EXPECT_EQ(server.store->get_card(anna.card.id())->state, server::CardState::suspended);
  EXPECT_NE(history().find("officer-suspended-card"), std::string::npos);
}

TEST_F(Officers, AClosedAccountIsOpened) {
  TestUser stranger{client, "anna", "wrong", "rex"};
  for (int i = 0; i < 30; ++i) {
    server.clock.advance(3600);
    (void)stranger.login_password("wrong");
  }
  EXPECT_EQ(anna.login_password("correct horse").problem(), "account-closed");
  (void)open_session(olaf_card, olaf);
  (void)open_session(otto_card, otto);
  const HttpReply found = client.post("/v1/officers/find", Json::Object{{"account", "anna"}}, olaf);
  EXPECT_NE(found.body.find("\"closed\":true"), std::string::npos);
  const std::string id = ask(olaf, {{"kind", "open-account"}}).text("request_id");
  EXPECT_EQ(step(id, "carry-out", olaf).problem(), "state-forbidden");
  EXPECT_EQ(step(id, "approve", otto).status, 200);
  EXPECT_EQ(step(id, "carry-out", olaf).text("state"), "done");
  EXPECT_EQ(anna.login_password("correct horse").status, 200);
}

TEST_F(Officers, LookUpsHaveABudgetAndUnknownAccountsAreUnknown) {
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(client.post("/v1/officers/find", Json::Object{{"account", "nobody"}}, olaf).status, 404);
  const HttpReply slow = client.post("/v1/officers/find", Json::Object{{"account", "anna"}}, olaf);
  EXPECT_EQ(slow.status, 429);
  EXPECT_EQ(slow.headers.at("retry-after"), "60");
  EXPECT_EQ(client.post("/v1/officers/find", Json::Object{{"account", "anna"}}, otto).status, 200);
}

TEST_F(Officers, AKeyIsAddedByACodeOnceAndSignsIn) {
  SoftKey key = SoftKey::make();
  const std::string first = code();
  ASSERT_EQ(add_key(key, first).status, 201);
  SoftKey second = SoftKey::make();
  second.credential = Bytes(32, 0x43);
  EXPECT_EQ(add_key(second, first).problem(), "replayed");
  EXPECT_EQ(add_key(second, first + "A").problem(), "identity-not-accepted");
  const std::string old = code();
  server.clock.advance(600);
  EXPECT_EQ(add_key(second, old).problem(), "session-expired");
  Identity session;
  const HttpReply opened = sign_in(key, session);
  ASSERT_EQ(opened.status, 201) << opened.body;
  EXPECT_EQ(opened.text("level"), "officer");
  EXPECT_EQ(client.get("/v1/officers/me", session).status, 200);
  // What the key can't do: only the card opens the seal, and only the card adds keys.
  const std::string id = asked();
  (void)step(id, "approve", otto);
  EXPECT_EQ(step(id, "issue", session).problem(), "permission-denied");
  EXPECT_EQ(client.post("/v1/officers/key-codes", Json::Object{}, session).problem(), "permission-denied");
  EXPECT_EQ(client.call("DELETE", "/v1/sessions/current", {}, &session).status, 204);
  EXPECT_EQ(client.get("/v1/officers/me", session).problem(), "session-expired");
}

TEST_F(Officers, AnAssertionIsForOneSession) {
  SoftKey key = SoftKey::make();
  key.count = 3;
  ASSERT_EQ(add_key(key, code()).status, 201);
  Identity session;
  EXPECT_EQ(sign_in(key, session).problem(), "replayed");  // a copy: the counter did not grow
  key.count = 4;
  ASSERT_EQ(sign_in(key, session).status, 201);
  EXPECT_EQ(client.post("/v1/sessions/officer-key", last_session).problem(), "replayed");
  // The same assertion for somebody else's session key.
  Json::Object stolen = *last_session.object();
  for (auto& [name, value] : stolen) {
    if (name == "session_spki") value = Json::bytes(crypto::Ed25519KeyPair::generate(server.random).spki());
  }
  EXPECT_EQ(client.post("/v1/sessions/officer-key", stolen).problem(), "identity-not-accepted");
  key.origin = "https://evil.test";
  EXPECT_EQ(sign_in(key, session).problem(), "identity-not-accepted");
  key.credential = Bytes(32, 0x99);
  EXPECT_EQ(sign_in(key, session).problem(), "identity-not-accepted");
  EXPECT_EQ(client.post("/v1/sessions/officer-card", last_session).status, 400);
}

TEST_F(Officers, ACardsSignatureIsForOneSession) {
  Identity session;
  ASSERT_EQ(open_session(olaf_card, session).status, 201);
  EXPECT_EQ(client.post("/v1/sessions/officer-card", last_session).problem(), "replayed");
  server.clock.advance(301);
  EXPECT_EQ(client.post("/v1/sessions/officer-card", last_session).problem(), "session-expired");
}

// The forward is what a computer follows: it is for him who has moved, and not for who acts for him.
TEST_F(Officers, WhoHasMovedAwayIsNoLongerTheirsToHelp) {
  const std::string waiting = asked();
  ASSERT_FALSE(waiting.empty());
  server::HomeChange gone{server::HomeState::here, 1, *server.store->home(anna.id), {}, 0};
  gone.to.state = server::HomeState::gone;
  gone.to.region = "south";
  gone.to.forward = Bytes(40, 1);
  ASSERT_TRUE(server.store->change_home(gone, client.now()).ok());
  for (const HttpReply& reply : {ask(olaf, for_key()), step(waiting, "approve", otto)}) {
    EXPECT_EQ(reply.status, 409) << reply.body;
    EXPECT_EQ(reply.problem(), "state-forbidden");
    EXPECT_EQ(reply.json().find("forward"), nullptr) << reply.body;
  }
  // He himself is told.
  EXPECT_EQ(anna.login_password("correct horse").status, 421);
}

}  // namespace
}  // namespace cardea::test
