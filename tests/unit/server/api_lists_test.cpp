// SPDX-License-Identifier: Apache-2.0
// Pages and their cursors; what goes with every answer: its number, and the end of a route that will go.
#include <set>

#include <gtest/gtest.h>

#include "core/base/byte_builder.h"
#include "server/http/retirement.h"
#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

using api::Json;

class Lists : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(user.register_now().status, 201);
    user.log_in();
  }
  void make_record() {
    const Json body(Json::Object{
        {"epoch", 1}, {"envelope", Json::bytes(ByteBuilder().lp(Bytes(94)).raw(Bytes(9)).take())}});
    ASSERT_EQ(client
                  .call("PUT", "/v1/records/" + api::RecordId::random(server.random).text(), body,
                        &user.session, {{"If-None-Match", "*"}})
                  .status,
              201);
  }
  HttpReply get(const std::string& target) { return client.get(target, user.session); }
  static std::size_t size(const HttpReply& reply, std::string_view list) {
    const Json body = reply.json();
    return body.find(list)->array()->size();
  }
  static bool more(const HttpReply& reply) { return reply.body.find("\"more\":true") != std::string::npos; }

  InProcessServer server;
  ApiClient client = server.client();
  TestUser user{client, "anna", "correct horse", "rex"};
};

TEST_F(Lists, ComeInPagesOfTheWantedSize) {
  for (int i = 0; i < 5; ++i)
    make_record();
  std::size_t seen = 0;
  std::string target = "/v1/records?limit=2";
  for (int page = 0; page < 3; ++page) {
    const HttpReply reply = get(target);
    EXPECT_EQ(more(reply), page < 2);
    seen += size(reply, "records");
    target = "/v1/records?limit=2&cursor=" + reply.text("cursor");
  }
  EXPECT_EQ(seen, 5u);
  EXPECT_EQ(size(get(target), "records"), 0u);  // and from there later, what has changed
  make_record();
  EXPECT_EQ(size(get(target), "records"), 1u);
}

TEST_F(Lists, AuditAndComputersPageInTheSameWay) {
  const HttpReply first = get("/v1/audit?limit=1");
  ASSERT_TRUE(more(first));
  EXPECT_EQ(first.json().find("events")->array()->at(0).find("sequence")->integer()[0], 1);
  const HttpReply second = get("/v1/audit?limit=1&cursor=" + first.text("cursor"));
  EXPECT_EQ(second.json().find("events")->array()->at(0).find("sequence")->integer()[0], 2);
  EXPECT_EQ(get("/v1/audit?after=1&cursor=" + first.text("cursor")).problem(), "invalid-argument");

  for (int i = 0; i < 2; ++i)
    ASSERT_EQ(user.add_computer(TestComputer::make(), user.session).status, 201);
  std::set<std::string> seen;
  std::string target = "/v1/computers?limit=2";
  for (int page = 0; page < 2; ++page) {
    const HttpReply reply = get(target);
    const Json body = reply.json();
    for (const Json& computer : *body.find("computers")->array())
      seen.insert(*computer.find("computer_id")->string());
    EXPECT_EQ(more(reply), page == 0);
    target = "/v1/computers?limit=2&cursor=" + reply.text("cursor");
  }
  EXPECT_EQ(seen.size(), 3u);
}

TEST_F(Lists, ACursorIsGoodForItsListAndItsUserOnly) {
  make_record();
  make_record();
  const std::string cursor = get("/v1/records?limit=1").text("cursor");
  EXPECT_EQ(get("/v1/records?cursor=" + cursor).status, 200);
  EXPECT_EQ(get("/v1/records?since=" + cursor).status, 200);
  EXPECT_EQ(get("/v1/audit?cursor=" + cursor).problem(), "invalid-argument");
  EXPECT_EQ(get("/v1/computers?cursor=" + cursor).problem(), "invalid-argument");
  std::string spoilt = cursor;
  spoilt[20] = spoilt[20] == 'A' ? 'B' : 'A';
  for (const std::string& bad : {spoilt, cursor + "A", cursor.substr(1), std::string("0"), std::string("17"),
                                 std::string(), std::string(300, 'A')}) {
    EXPECT_EQ(get("/v1/records?cursor=" + bad).problem(), "invalid-argument") << bad;
  }
  TestUser other(client, "berta", "another horse", "tom");
  ASSERT_EQ(other.register_now().status, 201);
  other.log_in();
  EXPECT_EQ(client.get("/v1/records?cursor=" + cursor, other.session).problem(), "invalid-argument");
}

TEST_F(Lists, ALimitIsWithinThePage) {
  for (const char* bad : {"0", "501", "-1", "x", "", "99999999999999999999"})
    EXPECT_EQ(get("/v1/records?limit=" + std::string(bad)).problem(), "invalid-argument") << bad;
  EXPECT_EQ(get("/v1/records?limit=500").status, 200);
  EXPECT_EQ(get("/v1/audit?limit=201").problem(), "invalid-argument");
  EXPECT_EQ(get("/v1/computers?limit=257").problem(), "invalid-argument");
}

TEST_F(Lists, EveryAnswerHasANumberOfItsOwn) {
  std::set<std::string> numbers;
  for (const char* target : {"/livez", "/v1/account", "/nowhere"})
    numbers.insert(
        client.call("GET", target, {}, nullptr, {{"X-Request-Id", "mine"}}).headers.at("x-request-id"));
  EXPECT_EQ(numbers.size(), 3u);
  for (const std::string& number : numbers) {
    EXPECT_EQ(number.size(), 16u);
    EXPECT_EQ(number.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(Retirement, IsAnnouncedInBothForms) {
  server::http::Route route{"GET", "/v1/old", server::http::kAnyone, false, "", nullptr};
  server::http::Response silent;
  server::http::announce_retirement(route, silent);
  EXPECT_TRUE(silent.headers.empty());
  route.deprecated = 1'688'169'599;
  route.sunset = 784'111'777;
  server::http::Response response;
  server::http::announce_retirement(route, response);
  using Header = std::pair<std::string, std::string>;
  EXPECT_EQ(response.headers, (std::vector<Header>{{"Deprecation", "@1688169599"},
                                                   {"Sunset", "Sun, 06 Nov 1994 08:49:37 GMT"}}));
}

}  // namespace
}  // namespace cardea::test
