// SPDX-License-Identifier: Apache-2.0
// The signed list, and which other servers' pages may use the API.
#include <gtest/gtest.h>

#include "tests/support/server/in_process.h"

namespace cardea::test {
namespace {

server::http::ServiceSettings with_list() {
  auto settings = InProcessServer::default_settings();
  settings.servers = api::ServerList{
      4,
      0,
      {{"https://server.test", "north"}, {"https://b.test", "south"}, {"https://c.test:8443", "south"}}};
  return settings;
}

TEST(ServersApi, TheListIsSignedForAnybody) {
  InProcessServer server(with_list());
  const HttpReply reply = server.handle({"GET", "/v1/servers", {}, {}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.bytes("key"), server.secrets->checkpoint_key().spki());
  const auto list = api::open_server_list(reply.bytes("list"), reply.bytes("signature"), reply.bytes("key"));
  ASSERT_TRUE(list.ok()) << list.failure().detail;
  EXPECT_EQ(list->version, 4u);
  EXPECT_EQ(list->time, server.clock.now());
  EXPECT_EQ(list->servers, with_list().servers->servers);
}

TEST(ServersApi, OneServerAloneHasNone) {
  InProcessServer server;
  const HttpReply reply = server.handle({"GET", "/v1/servers", {}, {}});
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
}

class CrossOrigins : public ::testing::Test {
 protected:
  HttpReply ask(const std::string& method, const std::string& path, const std::string& origin,
                std::vector<std::pair<std::string, std::string>> more = {}) {
    more.emplace_back("Origin", origin);
    return server.handle({method, path, more, {}});
  }
  HttpReply preflight(const std::string& origin, const std::string& path = "/v1/opaque/a/start") {
    return ask("OPTIONS", path, origin, {{"Access-Control-Request-Method", "POST"}});
  }
  static std::string permitted(const HttpReply& reply) {
    const auto found = reply.headers.find("access-control-allow-origin");
    return found == reply.headers.end() ? "" : found->second;
  }
  InProcessServer server{with_list()};
};

TEST_F(CrossOrigins, ListedServersPagesMayAsk) {
  const HttpReply answer = preflight("https://b.test");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(permitted(answer), "https://b.test");
  EXPECT_EQ(answer.headers.at("access-control-allow-methods"), "GET, POST, PUT, DELETE");
  EXPECT_EQ(answer.headers.at("vary"), "Origin");
  EXPECT_EQ(answer.headers.count("access-control-allow-credentials"), 0u);
  const HttpReply get = ask("GET", "/v1/servers", "https://c.test:8443");
  EXPECT_EQ(get.status, 200);
  EXPECT_EQ(permitted(get), "https://c.test:8443");
  // Refusals can be read, too: the page has to tell a wrong password from a lost server.
  const HttpReply refused = ask("GET", "/v1/account", "https://b.test");
  EXPECT_GE(refused.status, 400);
  EXPECT_EQ(permitted(refused), "https://b.test");
}

TEST_F(CrossOrigins, NobodyElseIsTold) {
  for (const char* origin :
       {"https://evil.test", "null", "*", "https://b.test.evil.test", "http://b.test", "https://B.test",
        "https://b.test:443", "https://b.test/", "https://c.test", "https://b.test, https://evil.test", ""}) {
    const HttpReply answer = preflight(origin);
    EXPECT_EQ(answer.status, 405) << origin;
    EXPECT_EQ(permitted(answer), "") << origin;
    const HttpReply get = ask("GET", "/v1/servers", origin);
    EXPECT_EQ(permitted(get), "") << origin;
    EXPECT_EQ(get.headers.at("vary"), "Origin");
  }
  EXPECT_EQ(permitted(ask("GET", "/healthz", "https://b.test")), "");
  EXPECT_NE(preflight("https://b.test", "/healthz").status, 204);
  // Without its own field it is no preflight.
  EXPECT_EQ(ask("OPTIONS", "/v1/servers", "https://b.test").status, 405);
}

TEST_F(CrossOrigins, AServerAloneHasNoSuchField) {
  InProcessServer alone;
  const HttpReply answer =
      alone.handle({"OPTIONS",
                    "/v1/servers",
                    {{"Origin", "https://server.test"}, {"Access-Control-Request-Method", "GET"}},
                    {}});
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(permitted(answer), "");
  EXPECT_EQ(answer.headers.count("vary"), 0u);
}

}  // namespace
}  // namespace cardea::test
