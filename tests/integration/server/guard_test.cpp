// SPDX-License-Identifier: Apache-2.0
// What no good client does, over real TLS: smuggling, oversize, silence and dripping.
#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/crypto/opaque.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {
namespace {

using Clock = std::chrono::steady_clock;

class Guard : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server = new ServerProcess(
        "[limits]\nthreads = 32\nqueue = 2000\nconnections_per_prefix = 1100\nhead_seconds = "
        "2\nrequest_seconds = 5\nkeep_alive_seconds = 3\n");
    server->start();
  }
  static void TearDownTestSuite() {
    delete server;
    server = nullptr;
  }
  std::unique_ptr<TlsConnection> connect() { return TlsConnection::open(server->port(), server->ca_file()); }
  std::string host() { return "Host: " + server->authority() + "\r\n"; }
  // Sends it and says the status; checks that the connection ends behind a refusal and nothing follows.
  int probe(const std::string& text) {
    const auto connection = connect();
    if (!connection || !connection->send(text)) return -1;
    const HttpReply reply = connection->receive();
    if (reply.status >= 400) {
      EXPECT_TRUE(connection->ended()) << text;
    }
    return reply.status;
  }
  static ServerProcess* server;
};
ServerProcess* Guard::server = nullptr;

const std::string kInner = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(Guard, AnswersAndKeepsTheConnection) {
  const auto connection = connect();
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(connection->protocol(), "TLSv1.3");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(connection->send("GET /livez HTTP/1.1\r\n" + host() + "\r\n"));
    EXPECT_EQ(connection->receive().status, 200);
  }
}

TEST_F(Guard, TwoPipelinedRequestsGetTwoAnswers) {
  const auto connection = connect();
  const std::string one = "POST /v1/sessions/challenge HTTP/1.1\r\n" + host() +
                          "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  ASSERT_TRUE(connection->send(one + one));
  EXPECT_EQ(connection->receive().status, 200);
  EXPECT_EQ(connection->receive().status, 200);
}

TEST_F(Guard, ABodyIsNeverTheNextRequest) {
  // Poco's server would answer the inner request. Here the body belongs to the outer one, which takes none.
  const auto connection = connect();
  ASSERT_TRUE(connection->send("GET /livez HTTP/1.1\r\n" + host() +
                               "Content-Length: " + std::to_string(kInner.size()) + "\r\n\r\n" + kInner));
  EXPECT_EQ(connection->receive().status, 400);
  ASSERT_TRUE(connection->send("GET /healthz HTTP/1.1\r\n" + host() + "\r\n"));
  EXPECT_EQ(connection->receive().text("region"), "north");
}

TEST_F(Guard, SmugglingIsRefusedAndTheConnectionEnds) {
  const std::string post = "POST /v1/sessions/challenge HTTP/1.1\r\nContent-Type: application/json\r\n";
  EXPECT_EQ(
      probe(post + host() + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + kInner),
      400);
  EXPECT_EQ(probe(post + host() + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}" + kInner), 400);
  EXPECT_EQ(probe(post + host() + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + kInner), 400);
  EXPECT_EQ(probe(post + host() + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"), 400);
  EXPECT_EQ(probe(post + host() + "Content-Length: -2\r\n\r\n{}"), 400);
  EXPECT_EQ(probe(post + host() + "Content-Length: 2x\r\n\r\n{}"), 400);
  EXPECT_EQ(probe(post + host() + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + kInner), 400);
  EXPECT_EQ(probe(post + host() + "Transfer-Encoding: identity\r\n\r\n{}"), 501);
  EXPECT_EQ(probe(post + host() + "Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n" + kInner), 400);
  EXPECT_EQ(probe(post + "Content-Length: 2\r\n\r\n{}"), 400);
  EXPECT_EQ(probe("GET /livez HTTP/1.1\r\n" + host() + host() + "\r\n"), 400);
  EXPECT_EQ(probe("GET /livez HTTP/1.1\n" + host() + "\n"), 400);
  EXPECT_EQ(probe("GET /livez HTTP/1.1\r\n" + host() + "X: a\r\n b\r\n\r\n"), 400);
  EXPECT_EQ(probe("\r\nGET /livez HTTP/1.1\r\n" + host() + "\r\n"), 400);
  EXPECT_EQ(probe("GET /%6civez HTTP/1.1\r\n" + host() + "\r\n"), 400);
  EXPECT_EQ(probe("GET /livez HTTP/1.1\r\n" + host() + "X: " + std::string(20'000, 'a') + "\r\n\r\n"), 431);
}

TEST_F(Guard, AChunkedBodyIsTakenWhole) {
  const auto connection = connect();
  ASSERT_TRUE(connection->send(
      "POST /v1/sessions/challenge HTTP/1.1\r\n" + host() +
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"));
  EXPECT_EQ(connection->receive().status, 200);
  ASSERT_TRUE(connection->send("GET /livez HTTP/1.1\r\n" + host() + "\r\n"));
  EXPECT_EQ(connection->receive().status, 200);
}

TEST_F(Guard, ATooLongBodyIsRefusedWithoutReadingIt) {
  const std::string post =
      "POST /v1/opaque/a/start HTTP/1.1\r\n" + host() + "Content-Type: application/json\r\n";
  EXPECT_EQ(probe(post + "Content-Length: 65537\r\n\r\n"), 413);
  EXPECT_EQ(probe(post + "Content-Length: 999999999999\r\n\r\n" + std::string(10'000, 'x')), 413);
  EXPECT_EQ(probe(post + "Transfer-Encoding: chunked\r\n\r\nffffff\r\n" + std::string(1000, 'x')), 413);
  // One that is sent all the same does not cost the client its answer.
  EXPECT_EQ(probe(post + "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x')), 413);
  EXPECT_EQ(probe(post + "Content-Length: 65536\r\n\r\n" + std::string(65536, ' ')), 400);
}

TEST_F(Guard, ExpectContinueIsAnswered) {
  const auto connection = connect();
  ASSERT_TRUE(connection->send(
      "POST /v1/sessions/challenge HTTP/1.1\r\n" + host() +
      "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  ASSERT_TRUE(connection->send("{}"));
  EXPECT_EQ(connection->receive().status, 200);
  EXPECT_EQ(probe("POST /livez HTTP/1.1\r\n" + host() + "Expect: lunch\r\n\r\n"), 501);
}

TEST_F(Guard, Http10GetsOneAnswer) {
  const auto connection = connect();
  ASSERT_TRUE(connection->send("GET /livez HTTP/1.0\r\n" + host() + "\r\n"));
  const HttpReply reply = connection->receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("connection"), "close");
  EXPECT_TRUE(connection->ended());
}

TEST_F(Guard, ADrippedHeadIsCut) {
  const auto connection = connect();
  ASSERT_TRUE(connection->send("GET /livez HTTP/1.1\r\n"));
  const auto start = Clock::now();
  // A byte every 300 ms would keep a per-read timeout happy for ever.
  while (connection->send("X") && Clock::now() - start < std::chrono::seconds(15)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  EXPECT_TRUE(connection->ended());
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
}

TEST_F(Guard, ADrippedBodyIsCut) {
  const auto connection = connect();
  ASSERT_TRUE(
      connection->send("POST /v1/opaque/a/start HTTP/1.1\r\n" + host() + "Content-Length: 60000\r\n\r\n"));
  const auto start = Clock::now();
  while (connection->send(" ") && Clock::now() - start < std::chrono::seconds(20)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  EXPECT_TRUE(connection->ended());
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(9));
}

TEST_F(Guard, AnIdleConnectionEnds) {
  const auto connection = connect();
  ASSERT_TRUE(connection->send("GET /livez HTTP/1.1\r\n" + host() + "\r\n"));
  EXPECT_EQ(connection->receive().status, 200);
  const auto start = Clock::now();
  EXPECT_TRUE(connection->ended());
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(6));
}

TEST_F(Guard, AThousandSilentSocketsDoNotStopTheService) {
  struct rlimit files = {4096, 4096};
  ::setrlimit(RLIMIT_NOFILE, &files);
  std::vector<int> silent;
  for (int i = 0; i < 1000; ++i) {
    const int handle = connect_loopback(server->port());
    if (handle >= 0) silent.push_back(handle);
  }
  EXPECT_GE(silent.size(), 900u);
  TlsConnection::Settings elsewhere;
  elsewhere.from = "127.7.7.7";
  const auto start = Clock::now();
  const auto connection = TlsConnection::open(server->port(), server->ca_file(), elsewhere);
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(connection->send("GET /healthz HTTP/1.1\r\n" + host() + "\r\n"));
  EXPECT_EQ(connection->receive().status, 200);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
  for (const int handle : silent)
    ::close(handle);
}

TEST(GuardProxy, OnlyATrustedOneSpeaksForOthers) {
  const auto refusals = [](const std::string& more) {
    ServerProcess server(more + "[limits]\nguesses_per_prefix = 5\n");
    server.start();
    ApiClient client = server.client();
    SystemRandom random;
    const std::string ke1 =
        to_base64url(crypto::OpaqueClientLogin::start(as_bytes("x"), random).value().ke1().serialise());
    int refused = 0;
    for (int i = 0; i < 8; ++i) {
      const auto reply =
          client.call("POST", "/v1/opaque/a/start",
                      api::Json(api::Json::Object{{"account", "user" + std::to_string(i)}, {"ke1", ke1}}),
                      nullptr, {{"X-Forwarded-For", "203.0." + std::to_string(i) + ".1"}});
      if (reply.status == 429) ++refused;
    }
    return refused;
  };
  EXPECT_EQ(refusals(""), 3);
  EXPECT_EQ(refusals("[server]\ntrusted_proxies = 127.0.0.1\n"), 0);
}

TEST(GuardShare, OneNetworkHasAShareAndASilentOneGivesWay) {
  ServerProcess server("[limits]\nthreads = 32\nconnections_per_prefix = 4\nhead_seconds = 20\n");
  server.start();
  std::vector<int> silent;
  for (int i = 0; i < 4; ++i)
    silent.push_back(connect_loopback(server.port()));
  // Another network is not touched by it.
  EXPECT_EQ(server.client("127.9.9.9").call("GET", "/livez", {}).status, 200);
  // The same network: the oldest silent one is pushed out for it after a moment.
  HttpReply reply;
  const auto start = Clock::now();
  while (reply.status != 200 && Clock::now() - start < std::chrono::seconds(10)) {
    reply = server.client().call("GET", "/livez", {});
  }
  EXPECT_EQ(reply.status, 200);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
  for (const int handle : silent)
    ::close(handle);
}

}  // namespace
}  // namespace cardea::test
