// SPDX-License-Identifier: Apache-2.0
// The administrator's routes (docs/spec/administrator.md): what they show and change, and who gets nothing
// from them: everybody else, a stolen session without its security key, and a touch made for something else.
#include <gtest/gtest.h>

#include "server/http/routes.h"
#include "server/service/admin_desk.h"
#include "server/store/audit_chain.h"
#include "tests/support/server/in_process.h"
#include "tests/unit/server/webauthn_parts.h"

namespace cardea::test {
namespace {

using api::Json;
using server::http::Route;

constexpr std::int64_t kAdminDay = 24 * 3600;

server::http::ServiceSettings newer_program() {
  auto settings = InProcessServer::default_settings();
  settings.program = "1.10.0";
  return settings;
}

class Administration : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(anna.register_now().status, 201);
    anna.log_in();
    chief = officer("chief", "administrator", chief_key);
    other = officer("other", "administrator", other_key);
  }
  // With a session that his security key has opened, as far as the store knows.
  Identity officer(const std::string& name, const std::string& role, SoftKey& key, bool by_card = false) {
    server::Officer row;
    row.id = api::CardId::random(server.random);
    row.name = name;
    row.role = role;
    row.auth_spki = Bytes(91, 4);
    EXPECT_TRUE(server.store->add_officer(row, "root", client.now()).ok());
    key.credential = Bytes(32, static_cast<std::uint8_t>(name.front()));
    server::AddOfficerKey added;
    added.key = {key.credential, row.id, key.key.spki(), 0, "blue", client.now(), 0};
    added.token = server.random.array<32>();
    added.token_expires_at = client.now() + 600;
    added.max_keys = 8;
    EXPECT_TRUE(server.store->add_officer_key(added).ok());
    return session_of(row, by_card);
  }
  Identity session_of(const server::Officer& row, bool by_card = false) {
    Identity identity;
    identity.key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(server.random));
    server::OpenOfficerSession open;
    open.session = {api::SessionId::random(server.random), row, by_card, identity.key->spki(),
                    client.now() + 8 * 3600};
    open.token = server.random.array<32>();
    open.token_expires_at = client.now() + 600;
    EXPECT_TRUE(server.store->open_officer_session(open, client.now()).ok());
    identity.keyid = "officer:" + open.session.id.text();
    return identity;
  }
  // As a browser would.
  Json touch(SoftKey& key, const Identity& session, const Json& what) {
    const Bytes challenge = client.post("/v1/sessions/challenge", Json::Object{}).bytes("challenge");
    const auto id = api::SessionId::from_text(session.keyid.substr(8));
    const auto wanted = server::officer_touch_challenge("server.test", challenge, *id, what);
    ++key.count;
    const Bytes client_data = key.client_data("webauthn.get", wanted);
    const Bytes data = key.authenticator_data(false);
    return Json::Object{{"challenge", Json::bytes(challenge)},
                        {"credential_id", Json::bytes(key.credential)},
                        {"client_data", Json::bytes(client_data)},
                        {"authenticator_data", Json::bytes(data)},
                        {"signature", Json::bytes(key.sign(data, client_data))}};
  }
  HttpReply put(const std::string& name, const Json& value, std::uint64_t version, const Json& proof,
                const Identity& by) {
    Json::Object body{{"touch", proof}};
    if (!value.is_null()) body.emplace_back("value", value);
    return client.call("PUT", "/v1/admin/policies/" + name, Json(body), &by,
                       {{"If-Match", "\"" + std::to_string(version) + "\""}});
  }
  HttpReply set(const std::string& name, const std::string& value) {
    const auto at = version();
    return put(name, Json(value), at, touch(chief_key, chief, server::policy_touch(name, value, at)), chief);
  }
  std::uint64_t version() {
    return static_cast<std::uint64_t>(client.get("/v1/admin/policies", chief).number("version"));
  }
  HttpReply report(const TestComputer& computer, Json::Object more) {
    more.emplace_back("user_id", anna.id.text());
    more.emplace_back("generation", 0);
    more.emplace_back("used", 0);
    return client.post(computer.path("/checkin"), Json(std::move(more)), computer.identity());
  }

  InProcessServer server{newer_program()};
  ApiClient client = server.client();
  TestUser anna{client, "anna", "correct horse", "rex"};
  SoftKey chief_key = SoftKey::make(), other_key = SoftKey::make(), desk_key = SoftKey::make();
  Identity chief, other;
};

std::string target_of(const Route& route) {
  std::string target = route.pattern;
  if (const auto at = target.find("{policy}"); at != std::string::npos) target.replace(at, 8, "registration");
  return target;
}

TEST_F(Administration, EveryRouteRefusesEveryOtherSigner) {
  const Identity desk = officer("desk", "officer", desk_key);
  SoftKey card_key = SoftKey::make();
  const Identity desk_card = officer("kate", "officer", card_key, true);
  anna.open_card_session(anna.card);
  const TestGeneration spent = anna.make_generation(anna.computer);
  anna.open_access_key_session(anna.computer, spent);
  const Identity device = anna.computer.identity();
  TestUser half{client, "anna", "correct horse", "rex"};
  ASSERT_EQ(half.login_password("correct horse").status, 200);
  int routes = 0;
  for (const Route& route : server::http::routes()) {
    if (!std::string_view(route.pattern).starts_with("/v1/admin/")) continue;
    ++routes;
    EXPECT_EQ(route.allow & ~server::http::kAnyAdministrator, 0u) << route.pattern;
    const std::optional<Json> body = route.has_body ? std::optional<Json>(Json::Object{}) : std::nullopt;
    for (const Identity* identity :
         {&desk, &desk_card, &device, &std::as_const(anna.session), &std::as_const(half.session),
          &std::as_const(anna.card_identity), &std::as_const(anna.access_key_identity)}) {
      const HttpReply reply =
          client.call(route.method, target_of(route), body, identity, {{"If-Match", "\"0\""}});
      EXPECT_EQ(reply.problem(), "permission-denied") << target_of(route) << ' ' << identity->keyid;
    }
    EXPECT_EQ(client.call(route.method, target_of(route), body).problem(), "signature-invalid");
  }
  EXPECT_EQ(routes, 8);
}

TEST_F(Administration, HeIsNoOfficerOfTheHelpDesk) {
  for (const Route& route : server::http::routes()) {
    const std::string pattern = route.pattern;
    const bool shared = (route.allow & (server::http::kAnyone | server::http::kAnyAdministrator)) != 0;
    if (shared || (route.allow & server::http::kAnyOfficer) == 0) continue;
    std::string target = pattern;
    if (const auto at = target.find("{request_id}"); at != std::string::npos)
      target.replace(at, 12, anna.id.text());
    const std::optional<Json> body = route.has_body ? std::optional<Json>(Json::Object{}) : std::nullopt;
    EXPECT_EQ(client.call(route.method, target, body, &chief).problem(), "permission-denied") << target;
  }
  EXPECT_EQ(client.get("/v1/officers/me", chief).text("level"), "administrator");
}

TEST_F(Administration, APolicyIsChangedByATouchForThisChangeAndIsToldWithHisName) {
  const HttpReply changed = set("registration", "closed");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.headers.at("etag"), "\"" + std::to_string(version()) + "\"");
  EXPECT_EQ(*server.store->policy("registration"), "closed");
  const auto events = *server.store->admin_events(0, 100);
  EXPECT_EQ(events.back().actor, "chief");
  EXPECT_EQ(events.back().kind, "policy-set");
  EXPECT_NE(events.back().details.find(R"("before":null)"), std::string::npos);
  EXPECT_NE(events.back().details.find(R"("from":"192.0.2.0/24")"), std::string::npos);
  TestUser late{client, "late", "correct horse", "rex"};
  EXPECT_EQ(late.register_now().problem(), "state-forbidden");
  // Back to the default: no value, which the touch says as well.
  const auto at = version();
  const Json proof = touch(chief_key, chief, server::policy_touch("registration", {}, at));
  ASSERT_EQ(put("registration", nullptr, at, proof, chief).status, 200);
  EXPECT_EQ(*server.store->policy("registration"), std::nullopt);
  EXPECT_GT(version(), at);
}

TEST_F(Administration, WhatIsNoValueIsRefusedBeforeAnythingIsSpent) {
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"registration", "maybe"},
                                    {"guesses-per-prefix", "4"},
                                    {"guesses-per-prefix", "1000001"},
                                    {"guesses-per-prefix", "0x20"},
                                    {"officer.verification", "call-back,star-sign"},
                                    {"fleet.silent-days", ""}}) {
    EXPECT_EQ(set(name, value).problem(), "invalid-argument") << name << ' ' << value;
  }
  EXPECT_EQ(set("no-such-policy", "1").problem(), "not-found");
  EXPECT_EQ(version(), 0u);
}

TEST_F(Administration, WhoHasOnlyTheSessionChangesNothing) {
  const auto at = version();
  const auto what = [&](const std::string& value) { return server::policy_touch("registration", value, at); };
  const auto refused = [&](const Json& proof, const Identity& by) {
    return put("registration", Json("closed"), at, proof, by).problem();
  };
  // A touch for something else, for another session, by another administrator's key, and twice.
  EXPECT_EQ(refused(touch(chief_key, chief, what("open")), chief), "identity-not-accepted");
  EXPECT_EQ(refused(touch(chief_key, chief, server::history_touch("anna")), chief), "identity-not-accepted");
  EXPECT_EQ(refused(touch(chief_key, chief, server::policy_touch("registration", "closed", at + 1)), chief),
            "identity-not-accepted");
  EXPECT_EQ(refused(touch(chief_key, other, what("closed")), chief), "identity-not-accepted");
  EXPECT_EQ(refused(touch(other_key, chief, what("closed")), chief), "identity-not-accepted");
  SoftKey strange = SoftKey::make();
  EXPECT_EQ(refused(touch(strange, chief, what("closed")), chief), "identity-not-accepted");
  EXPECT_EQ(version(), at);
  const Json good = touch(chief_key, chief, what("closed"));
  server.clock.advance(300);
  EXPECT_EQ(refused(good, chief), "session-expired");
  const Json fresh = touch(chief_key, chief, what("closed"));
  EXPECT_EQ(put("registration", Json("closed"), at, fresh, chief).status, 200);
  EXPECT_EQ(put("registration", Json("closed"), at, fresh, chief).problem(), "precondition-failed");
  EXPECT_EQ(put("registration", Json("closed"), version(), fresh, chief).problem(), "identity-not-accepted");
}

TEST_F(Administration, TwoWhoChangeAtOnceDoNotOverwriteEachOther) {
  const auto seen = version();
  // The command on the server counts, too.
  ASSERT_TRUE(server.store->set_policy({"relocation", "off", "root"}, client.now()).ok());
  const Json proof = touch(chief_key, chief, server::policy_touch("relocation", "auto", seen));
  EXPECT_EQ(put("relocation", Json("auto"), seen, proof, chief).problem(), "precondition-failed");
  EXPECT_EQ(*server.store->policy("relocation"), "off");
  Json::Object body{{"value", "auto"}, {"touch", proof}};
  EXPECT_EQ(client.call("PUT", "/v1/admin/policies/relocation", Json(body), &chief).problem(),
            "precondition-required");
}

TEST_F(Administration, TheFleetSaysWhatAsksForAttention) {
  ASSERT_EQ(report(anna.computer, {{"gate", "fell-back"}, {"program", "1.9.12"}}).status, 200);
  HttpReply page = client.get("/v1/admin/computers?filter=attention", chief);
  EXPECT_NE(page.body.find(R"("attention":["fell-back","outdated","unfit"])"), std::string::npos)
      << page.body;
  EXPECT_NE(page.body.find(R"("program":"1.9.12")"), std::string::npos);
  HttpReply counts = client.get("/v1/admin/fleet", chief);
  EXPECT_EQ(counts.number("computers"), 1);
  EXPECT_EQ(counts.number("fell_back"), 1);
  EXPECT_EQ(counts.number("silent"), 0);
  EXPECT_EQ(counts.text("program"), "1.10.0");
  const TestGeneration generation = anna.make_generation(anna.computer);
  ASSERT_EQ(anna.check_in(anna.computer, generation, 0).status, 200);
  EXPECT_EQ(client.get("/v1/admin/fleet", chief).number("attention"), 0) << "it says nothing of itself now";
  server.clock.advance(15 * kAdminDay);
  chief = session_of(*server.store->get_officer(server.store->officers()->at(0).id));
  EXPECT_EQ(client.get("/v1/admin/fleet", chief).number("silent"), 1);
  for (const char* bad : {"filter=wild", "limit=0", "search=A", "search=AA", "search=_w", "cursor=AAAA"})
    EXPECT_EQ(client.get(std::string("/v1/admin/computers?") + bad, chief).problem(), "invalid-argument");
  EXPECT_NE(client.get("/v1/admin/computers?search=QU5OYQ", chief).body.find("\"anna\""), std::string::npos);
  EXPECT_EQ(client.get("/v1/admin/computers?search=JQ", chief).body.find("\"anna\""), std::string::npos);
  for (const auto& [name, bad] : {std::pair<std::string, std::string>{"gate", "ajar"},
                                  {"program", "1.2"},
                                  {"program", "1.2.<b>x"},
                                  {"program", "1.2.65536"}})
    EXPECT_EQ(report(anna.computer, {{name, bad}}).problem(), "invalid-argument") << bad;
}

TEST_F(Administration, NothingOfAUserThatIsSealedOrSecretIsShown) {
  const server::User user = *server.store->get_user(anna.id);
  std::string shown;
  for (const char* target : {"/v1/admin/fleet", "/v1/admin/computers", "/v1/admin/policies",
                             "/v1/admin/server", "/v1/admin/audit"})
    shown += client.get(target, chief).body;
  for (const Bytes& secret : {user.opaque_a, user.question_seal, user.recovery_seal})
    EXPECT_EQ(shown.find(to_base64url(secret)), std::string::npos);
  for (const char* word : {"spki", "seal", "envelope", "record", "question", "label"})
    EXPECT_EQ(shown.find(std::string("\"") + word), std::string::npos) << word;
}

TEST_F(Administration, TheAdministrationsChainCanBeFollowedToItsSignedEnd) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(server.store->set_policy({"relocation", i % 2 ? "auto" : "off", "root"}, client.now()).ok());
  server::Digest head{};
  std::uint64_t length = 0;
  for (std::string query = "?limit=3";;) {
    const HttpReply page = client.get("/v1/admin/audit" + query, chief);
    ASSERT_EQ(page.status, 200) << page.body;
    const Json body = page.json();
    for (const Json& event : *body.find("events")->array()) {
      const auto text =
          server::admin_event_text({static_cast<std::uint64_t>(*event.find("sequence")->integer()),
                                    *event.find("time")->integer(),
                                    *event.find("actor")->string(),
                                    *event.find("kind")->string(),
                                    event.find("details")->text(),
                                    {}});
      head = server::next_admin_head(head, *text);
      ++length;
    }
    query = "?limit=3&cursor=" + page.text("cursor");
    if (*body.find("more")->boolean()) continue;
    const Json& audit = *body.find("audit");
    EXPECT_EQ(*audit.find("length")->integer(), static_cast<std::int64_t>(length));
    EXPECT_EQ(*audit.find("head")->string(), to_base64url(head));
    const Json& checkpoint = *audit.find("checkpoint");
    const auto time = static_cast<std::uint64_t>(*checkpoint.find("time")->integer());
    const auto key = crypto::PublicKey::from_spki(*from_base64url(*checkpoint.find("key")->string()));
    const Bytes signature = *from_base64url(*checkpoint.find("signature")->string());
    EXPECT_TRUE(key->verify(api::administration_checkpoint_proof(length, head, time), signature).ok());
    EXPECT_FALSE(key->verify(api::checkpoint_proof(length, head, time), signature).ok())
        << "it could be shown to a user as his";
    break;
  }
}

TEST_F(Administration, AUsersHistoryTakesATouchAndIsToldToHim) {
  EXPECT_EQ(client.get("/v1/admin/histories", chief).problem(), "invalid-argument");
  const auto open = [&](const Json& proof, const Identity& by) {
    return client.post("/v1/admin/histories", Json::Object{{"account", "anna"}, {"touch", proof}}, by);
  };
  EXPECT_EQ(open(touch(chief_key, chief, server::history_touch("berta")), chief).problem(),
            "identity-not-accepted");
  const HttpReply opened = open(touch(chief_key, chief, server::history_touch("anna")), chief);
  ASSERT_EQ(opened.status, 200) << opened.body;
  const std::string target = "/v1/admin/histories?cursor=" + opened.text("cursor");
  const HttpReply page = client.get(target, chief);
  EXPECT_NE(page.body.find("\"registered\""), std::string::npos) << page.body;
  EXPECT_NE(page.body.find("\"history-read\""), std::string::npos);
  EXPECT_NE(client.get("/v1/audit", anna.session).body.find(R"("officer":"chief")"), std::string::npos);
  const auto events = *server.store->admin_events(0, 100);
  EXPECT_EQ(events.back().kind, "history-read");
  EXPECT_NE(events.back().details.find(anna.id.text()), std::string::npos);
  EXPECT_EQ(client.get(target, other).problem(), "invalid-argument") << "somebody else's cursor";
  server.clock.advance(600);
  EXPECT_EQ(client.get(target, chief).problem(), "permission-denied");
}

TEST_F(Administration, TheServerTellsOfItself) {
  const HttpReply state = client.get("/v1/admin/server", chief);
  EXPECT_EQ(state.status, 200) << state.body;
  EXPECT_EQ(state.text("authority"), "server.test");
  EXPECT_EQ(state.text("engine"), "sqlite");
  EXPECT_EQ(state.text("program"), "1.10.0");
  EXPECT_EQ(state.json().find("standbys"), nullptr);
  EXPECT_TRUE(*state.json().find("ready")->boolean());
}

}  // namespace
}  // namespace cardea::test
