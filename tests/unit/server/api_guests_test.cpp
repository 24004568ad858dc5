// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/api/account_statement.h"
#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

server::http::ServiceSettings open_to(const TestComputer& computer) {
  auto settings = InProcessServer::default_settings();
  settings.guests.open_to = {computer.id()};
  settings.guests.groups = {{"readers", api::kLastUnixId}};
  settings.guests.statement_seconds = 3600;
  return settings;
}

class Guests : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(user.register_now().status, 201); }
  HttpReply ask(const TestComputer& computer, const TestCard& card) { return ask(computer, card, computer); }
  HttpReply ask(const TestComputer& computer, const TestCard& card, const TestComputer& signs) {
    return client.post(
        "/v1/guests/statement",
        Json::Object{{"computer", Json::Object{{"device_spki", Json::bytes(computer.device->spki())}}},
                     {"card_id", card.id().text()}},
        signs.identity());
  }
  Result<api::AccountStatement> opened(const HttpReply& reply, const TestCard& card) {
    return api::open_account_statement(reply.bytes("statement"), reply.bytes("signature"), reply.bytes("key"),
                                       {{"server.test"}, library.id(), card.id(), client.now()});
  }
  std::int64_t events() {
    if (user.session.keyid.empty()) user.log_in();
    return *client.get("/v1/account", user.session).json().find("audit")->find("length")->integer();
  }
  // A computer that nobody has registered.
  TestComputer library = TestComputer::make();
  InProcessServer server{open_to(library)};
  ApiClient client = server.client();
  TestUser user{client, "Anna", "correct horse", "rex"};
};

TEST_F(Guests, AnOpenComputerLearnsWhoHasTheCard) {
  const HttpReply reply = ask(library, user.card);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.bytes("key"), server.secrets->checkpoint_key().spki());
  const auto statement = opened(reply, user.card);
  ASSERT_TRUE(statement.ok()) << statement.failure().detail;
  EXPECT_EQ(statement->user, user.id);
  EXPECT_EQ(statement->account, "Anna");
  EXPECT_EQ(statement->login, "anna");
  EXPECT_EQ(statement->uid, api::kFirstUnixId);
  EXPECT_EQ(statement->groups, (std::vector<api::UnixGroup>{{"readers", api::kLastUnixId}}));
  EXPECT_EQ(statement->auth_spki, user.card.auth.spki());
  EXPECT_EQ(statement->wrap_spki, user.card.wrap.spki());
  EXPECT_EQ(statement->expires_at, client.now() + 3600);
  // Another user has another uid, this one keeps his.
  TestUser other(client, "berta", "p", "a");
  ASSERT_EQ(other.register_now().status, 201);
  EXPECT_EQ(opened(ask(library, other.card), other.card)->uid, api::kFirstUnixId + 1);
  server.restart();
  EXPECT_EQ(opened(ask(library, user.card), user.card)->uid, api::kFirstUnixId);
}

TEST_F(Guests, TheOwnerSeesWhereHisCardWasAGuest) {
  user.log_in();
  const std::int64_t before = events();
  ASSERT_EQ(ask(library, user.card).status, 200);
  EXPECT_EQ(events(), before + 1);
  const HttpReply audit = client.get("/v1/audit?after=" + std::to_string(before), user.session);
  EXPECT_NE(audit.body.find("\"guest-admitted\""), std::string::npos);
  EXPECT_NE(audit.body.find(library.id().text()), std::string::npos);
}

TEST_F(Guests, NoOtherComputerIsToldAnything) {
  const TestComputer stranger = TestComputer::make();
  EXPECT_EQ(ask(stranger, user.card).problem(), "permission-denied");
  EXPECT_EQ(ask(user.computer, user.card).problem(), "permission-denied");
  // An open computer's key in the body, another one's signature; and nobody's.
  EXPECT_EQ(ask(library, user.card, stranger).problem(), "signature-invalid");
  const Json body =
      Json::Object{{"computer", Json::Object{{"device_spki", Json::bytes(library.device->spki())}}},
                   {"card_id", user.card.id().text()}};
  EXPECT_EQ(client.post("/v1/guests/statement", body).problem(), "signature-invalid");
  // A session is no computer.
  user.log_in();
  EXPECT_EQ(client.post("/v1/guests/statement", body, user.session).problem(), "permission-denied");
  // The same for a card that nobody has: who is not permitted does not learn which cards there are.
  EXPECT_EQ(ask(stranger, TestCard::make()).problem(), "permission-denied");
}

TEST_F(Guests, OnlyAnActiveCardMakesAGuest) {
  EXPECT_EQ(ask(library, TestCard::make()).problem(), "not-found");
  user.log_in();
  const auto set_state = [&](std::string_view state, std::string_view reason, std::string_view if_match) {
    return client
        .post("/v1/cards/" + user.card.id().text() + "/state",
              Json::Object{{"state", state}, {"reason", reason}}, user.session,
              {{"If-Match", std::string(if_match)}})
        .status;
  };
  ASSERT_EQ(set_state("suspended", "mislaid", "\"1\""), 200);
  const std::int64_t before = events();
  EXPECT_EQ(ask(library, user.card).problem(), "card-revoked");
  EXPECT_EQ(events(), before);
  ASSERT_EQ(set_state("active", "", "\"2\""), 200);
  EXPECT_EQ(ask(library, user.card).status, 200);
  ASSERT_EQ(set_state("revoked", "stolen", "\"3\""), 200);
  EXPECT_EQ(ask(library, user.card).problem(), "card-revoked");
}

TEST_F(Guests, AnAccountWithoutALoginNameIsNoGuest) {
  for (const char* account : {"anna@work", "sudo", "Root", "_anna", "readers"}) {
    TestUser other(client, account, "p", "a");
    ASSERT_EQ(other.register_now().status, 201) << account;
    EXPECT_EQ(ask(library, other.card).problem(), "state-forbidden") << account;
  }
}

TEST_F(Guests, AWrongRequestIsRefused) {
  const auto post = [&](const Json& body) {
    return client.post("/v1/guests/statement", body, library.identity()).problem();
  };
  const Json computer = Json::Object{{"device_spki", Json::bytes(library.device->spki())}};
  EXPECT_EQ(post(Json::Object{{"computer", computer}}), "invalid-argument");
  EXPECT_EQ(post(Json::Object{{"computer", computer}, {"card_id", "00"}}), "invalid-argument");
  EXPECT_EQ(post(Json::Object{{"computer", computer}, {"card_id", user.card.id().text()}, {"uid", 0}}),
            "invalid-argument");
}

}  // namespace
}  // namespace cardea::test
