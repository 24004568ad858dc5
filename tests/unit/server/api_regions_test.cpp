// SPDX-License-Identifier: Apache-2.0
// Two regions over the API: a person with password, card, computer and access key moves from one to the
// other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/api/forward.h"
#include "tests/unit/server/two_regions.h"

namespace cardea::test {
namespace {

using api::Json;

class Regions : public testing::Test, public TwoRegions {
 protected:
  void SetUp() override {
    ASSERT_EQ(user.register_now().status, 201);
    generation = user.make_generation(user.computer);
    user.log_in();
  }
  void move() {
    ASSERT_EQ(
        client
            .post("/v1/account/region/move", Json::Object{{"answer", "move"}, {"to", "south"}}, user.session)
            .text("state"),
        "agreed");
    run_mover();
  }
  void run_mover() {
    const auto report = run_mover_of_north();
    ASSERT_TRUE(report.ok());
    ASSERT_TRUE(report->troubles.empty()) << report->troubles.front();
  }
  // 30 days in the south, of which the clock then shows the last.
  void work_in_the_south() {
    ASSERT_EQ(
        client.call("PUT", "/v1/account/region", Json::Object{{"record_days", true}}, &user.session).status,
        204);
    for (int day = 0; day < 30; ++day) {
      const server::CheckIn seen{user.computer.id(), user.id, 0, {}, 0, "south"};
      ASSERT_TRUE(north.store->check_in({north.clock.now(), {}, {}}, seen).ok());
      if (day == 29) break;
      north.clock.advance(86400);
      south.clock.advance(86400);
    }
  }
  void set_policy(const std::string& value) {
    ASSERT_TRUE(north.store->set_policy({"relocation", value, "root"}, north.clock.now()).ok());
  }
  // The kinds of the user's events as his card reads them.
  std::vector<std::string> events() {
    EXPECT_EQ(user.open_card_session(user.card).status, 201);
    const Json json = client.get("/v1/audit", user.card_identity).json();
    std::vector<std::string> kinds;
    for (const Json& event : *json.find("events")->array())
      kinds.push_back(*event.find("kind")->string());
    return kinds;
  }
  // The forward in a 421, as the computer checks it.
  Result<api::Forward> forward(const HttpReply& reply) {
    EXPECT_EQ(reply.status, 421) << reply.body;
    EXPECT_EQ(reply.problem(), "peer-not-trusted");
    const Json body = reply.json();
    const Json* member = body.find("forward");
    if (member == nullptr) return fail(Error::not_found);
    const auto bytes = [&](const char* name) {
      return from_base64url(*member->find(name)->string()).value();
    };
    EXPECT_EQ(bytes("key"), north.secrets->checkpoint_key().spki());
    return api::open_forward(bytes("statement"), bytes("signature"), bytes("key"), user.id, 1);
  }
  void go_south() { client = south.client(); }

  ApiClient client = north.client();
  TestUser user{client, "anna", "correct horse", "rex"};
  TestGeneration generation;
};

TEST_F(Regions, DaysAreOffUntilTheUserSwitchesThemOn) {
  EXPECT_EQ(client.get("/v1/account/region", user.session).body.find("\"record_days\":true"),
            std::string::npos);
  const auto check_in = [&](const Json::Object& more) {
    Json::Object body{{"user_id", user.id.text()},
                      {"generation", generation.number},
                      {"check_k0", Json::bytes(generation.check_k0)},
                      {"used", 0}};
    for (const auto& member : more)
      body.push_back(member);
    return client.post(user.computer.path("/checkin"), body, user.computer.identity());
  };
  EXPECT_EQ(check_in({{"nearest", "south"}}).status, 200);
  EXPECT_TRUE(north.store->work_days(user.id, 0)->empty());
  ASSERT_EQ(
      client.call("PUT", "/v1/account/region", Json::Object{{"record_days", true}}, &user.session).status,
      204);
  EXPECT_EQ(check_in({{"nearest", "south"}}).status, 200);
  EXPECT_EQ(north.store->work_days(user.id, 0)->front().region, "south");
  EXPECT_EQ(check_in({{"nearest", "atlantis"}}).status, 200);
  EXPECT_EQ(north.store->work_days(user.id, 0)->front().region, "north");
  const Identity device = user.computer.identity();
  EXPECT_EQ(client.call("PUT", "/v1/account/region", Json::Object{{"record_days", true}}, &device).status,
            403);
}

TEST_F(Regions, AMonthInTheSouthIsAskedAtTheCheckIn) {
  work_in_the_south();
  ASSERT_FALSE(HasFatalFailure());
  server::RelocationService& relocation = north.services->relocation;
  EXPECT_EQ(*relocation.propose(north.clock.now() - 86400), 0u);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(*relocation.propose(north.clock.now(), stop.get_token()), 0u);
  EXPECT_EQ(*relocation.propose(north.clock.now()), 1u);
  EXPECT_EQ(*relocation.propose(north.clock.now()), 0u);
  const Json answer = user.check_in(user.computer, generation, 0).json();
  ASSERT_NE(answer.find("relocation"), nullptr);
  EXPECT_EQ(*answer.find("relocation")->find("to")->string(), "south");
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  EXPECT_EQ(client.post("/v1/account/region/move", Json::Object{{"answer", "stay"}}, user.card_identity)
                .text("state"),
            "here");
  EXPECT_EQ(user.check_in(user.computer, generation, 0).json().find("relocation"), nullptr);
  EXPECT_EQ(*relocation.propose(north.clock.now() + 86400), 0u);
}

TEST_F(Regions, UnderThePolicyAutoAMonthInTheSouthMovesUnaskedAndIsTold) {
  set_policy("auto");
  work_in_the_south();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(*north.services->relocation.propose(north.clock.now()), 1u);
  EXPECT_EQ(north.store->home(user.id)->state, server::HomeState::agreed);
  EXPECT_EQ(user.check_in(user.computer, generation, 0).json().find("relocation"), nullptr);
  run_mover();
  ASSERT_FALSE(HasFatalFailure());
  const auto told = forward(user.check_in(user.computer, generation, 0));
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->url, "https://south.test");
  go_south();
  EXPECT_EQ(user.check_in(user.computer, generation, 0).status, 200);
  EXPECT_THAT(events(), testing::IsSupersetOf({"relocation-asked", "moved-out", "moved-in"}));
  EXPECT_THAT(events(), testing::Not(testing::Contains("relocation-answered")));
}

TEST_F(Regions, UnderThePolicyOffNothingMovesNorIsAsked) {
  set_policy("off");
  work_in_the_south();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(*north.services->relocation.propose(north.clock.now()), 0u);
  EXPECT_EQ(user.check_in(user.computer, generation, 0).json().find("relocation"), nullptr);
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  const HttpReply asked = client.post("/v1/account/region/move",
                                      Json::Object{{"answer", "move"}, {"to", "south"}}, user.card_identity);
  EXPECT_EQ(asked.problem(), "state-forbidden");
  run_mover();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(north.store->home(user.id)->state, server::HomeState::here);
  EXPECT_EQ(user.check_in(user.computer, generation, 0).status, 200);
  EXPECT_THAT(events(), testing::Not(testing::Contains(testing::AnyOf("relocation-asked", "moved-out"))));
}

TEST_F(Regions, AfterTheMoveEverythingThatOpenedSomethingStillDoes) {
  move();
  ASSERT_FALSE(HasFatalFailure());
  go_south();
  ASSERT_EQ(user.login_password("wrong").status, 401);
  const HttpReply a = user.login_password("correct horse");
  ASSERT_EQ(a.status, 200) << a.body;
  ASSERT_EQ(user.login_answer("rex").status, 200);
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  EXPECT_EQ(user.check_in(user.computer, generation, 0).text("fit"), "ok");
  EXPECT_EQ(user.issue(user.computer).number("index"), 1);
  EXPECT_EQ(user.open_access_key_session(user.computer, generation).status, 201);
  const Json events = client.get("/v1/audit", user.session).json();
  const Json::Array& list = *events.find("events")->array();
  EXPECT_EQ(*list.front().find("kind")->string(), "registered");
  EXPECT_EQ(client.get("/v1/account/region", user.session).text("region"), "south");
}

TEST_F(Regions, WhoProvesWhoHeIsIsToldWhereHeWent) {
  ASSERT_EQ(user.open_card_session(user.card).status, 201);
  move();
  ASSERT_FALSE(HasFatalFailure());
  const auto signed_read = forward(client.get("/v1/account", user.session));
  ASSERT_TRUE(signed_read.ok());
  EXPECT_EQ(signed_read->url, "https://south.test");
  EXPECT_EQ(signed_read->checkpoint_spki, south.secrets->checkpoint_key().spki());
  EXPECT_TRUE(forward(user.check_in(user.computer, generation, 0)).ok());
  EXPECT_TRUE(forward(user.issue(user.computer)).ok());
  EXPECT_TRUE(forward(client.get("/v1/cards?user_id=" + user.id.text(), user.computer.identity())).ok());
  EXPECT_TRUE(forward(user.login_password("correct horse")).ok());
  EXPECT_TRUE(forward(user.open_card_session(user.card)).ok());
  EXPECT_TRUE(forward(user.open_access_key_session(user.computer, generation)).ok());
}

TEST_F(Regions, AStrangerCanNotTellThatSomebodyHasMoved) {
  const HttpReply before = user.login_password("wrong");
  move();
  ASSERT_FALSE(HasFatalFailure());
  TestUser stranger{client, "nobody", "guess", "guess"};
  const HttpReply moved = user.login_password("wrong");
  const HttpReply unknown = stranger.login_password("wrong");
  EXPECT_EQ(moved.status, 401);
  EXPECT_EQ(moved.body, before.body);
  EXPECT_EQ(moved.body, unknown.body);
  const TestComputer foreign = TestComputer::make();
  EXPECT_EQ(client.get("/v1/cards?user_id=" + user.id.text(), foreign.identity()).status, 401);
  // Nor at the new home: the record came along, a seed that is not the seed's.
  go_south();
  EXPECT_EQ(user.login_password("wrong").body, before.body);
}

TEST_F(Regions, OnlyARegionMaySendUsers) {
  const std::string path = "/v1/regions/moves/" + std::string(64, '0') + "/parts/0";
  const Json body = Json::Object{{"part", Json::bytes(Bytes(3))}};
  go_south();
  const Identity good = region_identity(*north_keys, "north");
  EXPECT_EQ(client.call("PUT", path, body, &good).status, 204);
  const Identity forged = region_identity(*south_keys, "north");
  EXPECT_EQ(client.call("PUT", path, body, &forged).status, 401);
  const Identity unknown = region_identity(*north_keys, "west");
  EXPECT_EQ(client.call("PUT", path, body, &unknown).status, 401);
  EXPECT_EQ(client.call("PUT", path, body).status, 401);
  EXPECT_EQ(client.get("/v1/records", good).status, 403);
  EXPECT_EQ(client.get("/v1/account", good).status, 403);
  client = north.client();
  EXPECT_EQ(client.call("PUT", path, body, &user.session).status, 403);
  const Identity device = user.computer.identity();
  EXPECT_EQ(client.call("PUT", path, body, &device).status, 403);
}

}  // namespace
}  // namespace cardea::test
