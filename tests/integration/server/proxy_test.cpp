// SPDX-License-Identifier: Apache-2.0
// Behind Debian's nginx and HAProxy, with the configurations that we show; and what somebody may try who
// plays a proxy, or sits behind one.
#include <chrono>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/crypto/opaque.h"
#include "tests/support/server/proxy_process.h"
#include "tests/support/server/test_user.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {
namespace {

using api::Json;

constexpr const char* kAuthority = "127.0.0.1";  // what clients call all of them
const std::string kPublic = "[server]\npublic_url = https://127.0.0.1\n";
const std::string kBehindNginx = kPublic + "trusted_proxies = 127.0.0.1\n";
const std::string kBehindHaproxy = kPublic + "trusted_proxies = 127.0.0.1\nproxy_protocol = v2\n";

long counter(const ServerProcess& server, const std::string& name) {
  const std::string text = get_plain(server.metrics_port(), "/metrics");
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? 0 : std::stol(text.substr(at + name.size() + 2));
}

// The answer to a guess at a password of an account that there need not be.
int guess(ApiClient& client, int number, ApiClient::Headers headers = {}) {
  SystemRandom random;
  const std::string ke1 =
      to_base64url(crypto::OpaqueClientLogin::start(as_bytes("x"), random).value().ke1().serialise());
  const Json body(Json::Object{{"account", "user" + std::to_string(number)}, {"ke1", ke1}});
  return client.call("POST", "/v1/opaque/a/start", body, nullptr, std::move(headers)).status;
}

// Twelve guesses of one client whose network has five, each with another word of his about where he is.
int guesses_granted(ApiClient client) {
  int granted = 0;
  for (int i = 0; i < 12; ++i) {
    const std::string claim = "203.0." + std::to_string(i) + ".1";
    granted += guess(client, i,
                     {{"X-Forwarded-For", claim + ", 127.0.0.1"},
                      {"Forwarded", "for=" + claim},
                      {"X-Real-IP", claim},
                      {"True-Client-IP", claim}}) == 200
                   ? 1
                   : 0;
  }
  return granted;
}

void everything_works(ApiClient client) {
  TestUser anna(client, "anna", "correct horse battery", "rex the dog");
  ASSERT_EQ(anna.register_now().status, 201);
  anna.log_in();  // signed by the session's HMAC key over this authority
  EXPECT_EQ(client.get("/v1/account", anna.session).text("account"), "anna");
  EXPECT_EQ(client.get("/v1/computers", anna.computer.identity()).status, 400);
}

TEST(BehindNginx, SignaturesSurviveAndBudgetsAreTheClients) {
  ServerProcess server(kBehindNginx + "[limits]\nguesses_per_prefix = 5\n");
  server.start();
  const ProxyProcess proxy = ProxyProcess::nginx(server);
  const auto from = [&](const char* address) {
    return client_at(proxy.port(), server.ca_file(), kAuthority, address);
  };
  EXPECT_EQ(guesses_granted(from("127.0.7.1")), 5);
  EXPECT_EQ(guesses_granted(from("127.0.8.1")), 5);  // his neighbour is not touched by it
  // Past the proxy nobody is believed: the word of a stranger is his own network's.
  EXPECT_EQ(guesses_granted(client_at(server.port(), server.ca_file(), kAuthority, "127.0.9.1")), 5);
}

TEST(BehindNginx, SignaturesSurvive) {
  ServerProcess server(kBehindNginx);
  server.start();
  const ProxyProcess proxy = ProxyProcess::nginx(server);
  everything_works(client_at(proxy.port(), server.ca_file(), kAuthority));
}

TEST(BehindHaproxy, SignaturesSurviveAndBudgetsAreTheClients) {
  ServerProcess server(kBehindHaproxy + "[limits]\nguesses_per_prefix = 5\n");
  server.start();
  const ProxyProcess proxy = ProxyProcess::haproxy(server);
  const auto from = [&](const char* address) {
    return client_at(proxy.port(), server.ca_file(), kAuthority, address);
  };
  EXPECT_EQ(guesses_granted(from("127.0.7.1")), 5);
  EXPECT_EQ(guesses_granted(from("127.0.8.1")), 5);
  everything_works(from("127.0.10.1"));
  EXPECT_EQ(counter(server, "cardea_proxy_headers_refused_total"), 0);
}

TEST(BehindHaproxy, EachNetworkHasItsShareAndTheProxyHasNone) {
  ServerProcess server(kBehindHaproxy + "[limits]\nconnections_per_prefix = 3\nkeep_alive_seconds = 60\n");
  server.start();
  const ProxyProcess proxy = ProxyProcess::haproxy(server);
  std::vector<std::unique_ptr<TlsConnection>> held;
  const auto served = [&](const std::string& from, int wanted) {
    std::vector<std::unique_ptr<TlsConnection>> here;
    for (int i = 0; i < wanted; ++i)
      here.push_back(TlsConnection::open(proxy.port(), server.ca_file(), {from}));
    int count = 0;
    for (auto& connection : here) {
      if (!connection || !connection->send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")) continue;
      if (connection->receive().status == 200) ++count;
      held.push_back(std::move(connection));
    }
    return count;
  };
  for (int network = 1; network <= 6; ++network)
    EXPECT_EQ(served("127.0." + std::to_string(network) + ".1", 2), 2);
  EXPECT_LE(served("127.0.99.1", 8), 3);
  EXPECT_GE(counter(server, "cardea_connections_refused_total"), 1);
}

TEST(BehindNginx, SmugglingDoesNotSplitARequest) {
  ServerProcess server(kBehindNginx);
  server.start();
  const ProxyProcess proxy = ProxyProcess::nginx(server);
  const std::string host = "Host: 127.0.0.1\r\n";
  const std::string inner = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  const std::string post =
      "POST /v1/sessions/challenge HTTP/1.1\r\nContent-Type: application/json\r\n" + host;
  const std::string size = std::to_string(inner.size());
  const std::vector<std::string> probes = {
      "GET /livez HTTP/1.1\r\n" + host + "Content-Length: " + size + "\r\n\r\n" + inner,
      post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
      post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}" + inner,
      post + "Content-Length: 2\r\nContent-Length: " + size + "\r\n\r\n" + inner,
      post + "Content-Length: +" + size + "\r\n\r\n" + inner,
      post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner,
      post + "Transfer-Encoding: xchunked\r\nContent-Length: " + size + "\r\n\r\n" + inner,
      post + "Transfer-Encoding: chunked\r\n\r\n" + std::string("2c;x=\n") + inner + "\r\n0\r\n\r\n",
      post + "Transfer-Encoding:\x0b" + "chunked\r\nContent-Length: " + size + "\r\n\r\n" + inner,
      post + "X: a\r\n Content-Length: " + size + "\r\nContent-Length: " + size + "\r\n\r\n" + inner,
      post + "Expect: 100-continue\r\nContent-Length: " + size + "\r\n\r\n" + inner,
      post + "Upgrade: h2c\r\nConnection: Upgrade, Content-Length\r\nContent-Length: " + size + "\r\n\r\n" +
          inner,
  };
  for (const std::string& probe : probes) {
    const auto connection = TlsConnection::open(proxy.port(), server.ca_file());
    ASSERT_NE(connection, nullptr);
    ASSERT_TRUE(connection->send(probe));
    ::shutdown(connection->handle(), SHUT_WR);
    (void)connection->read_to_end();
  }
  const std::string inner_requests = "cardea_requests_total{route=\"GET /healthz\",status=\"2xx\"}";
  EXPECT_EQ(counter(server, inner_requests), 0);
  EXPECT_EQ(client_at(proxy.port(), server.ca_file(), kAuthority).call("GET", "/healthz", {}).status, 200);
  EXPECT_EQ(counter(server, inner_requests), 1);
}

TEST(BehindNginx, SlowClientsNeverReachTheServer) {
  ServerProcess server(kBehindNginx + "[limits]\nthreads = 4\n");
  server.start();
  const ProxyProcess proxy = ProxyProcess::nginx(server);
  std::vector<std::unique_ptr<TlsConnection>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(TlsConnection::open(proxy.port(), server.ca_file()));
    ASSERT_NE(slow.back(), nullptr);
    ASSERT_TRUE(slow.back()->send(i % 2 == 0
                                      ? "GET /livez HT"
                                      : "POST /v1/sessions/challenge HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-"
                                        "Type: application/json\r\nContent-Length: 2\r\n\r\n{"));
  }
  EXPECT_EQ(counter(server, "cardea_connections_total"), 1);  // the one that asks for the number
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client_at(proxy.port(), server.ca_file(), kAuthority).call("GET", "/livez", {}).status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

// A PROXY header, version 2, that names this IPv4 client.
std::string proxy_header(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  std::string out("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", 16);
  for (const std::uint8_t byte :
       {a, b, c, d, std::uint8_t{127}, std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{1},
        std::uint8_t{1}, std::uint8_t{1}, std::uint8_t{1}})
    out.push_back(static_cast<char>(byte));
  return out;
}

class PlayedProxy : public testing::Test {
 protected:
  PlayedProxy()
      : server(kPublic +
               "trusted_proxies = 127.0.3.0/24\nproxy_protocol = v2\n[limits]\nhead_seconds = 1\n") {
    server.start();
  }
  std::unique_ptr<TlsConnection> open(const std::string& from, const std::string& preamble) {
    return TlsConnection::open(server.port(), server.ca_file(), {from, preamble});
  }
  bool answers(const std::string& from, const std::string& preamble) {
    const auto connection = open(from, preamble);
    return connection && connection->send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n") &&
           connection->receive().status == 200;
  }
  ServerProcess server;
};

TEST_F(PlayedProxy, OnlyAProxyOfOursMaySpeakFirst) {
  EXPECT_TRUE(answers("127.0.3.7", proxy_header(203, 0, 113, 9)));
  EXPECT_TRUE(answers("127.0.4.7", ""));  // a client that has come by himself
  EXPECT_FALSE(answers("127.0.4.7", proxy_header(203, 0, 113, 9)));
  // A proxy of ours has to: without its word this would be anybody.
  EXPECT_FALSE(answers("127.0.3.7", ""));
  EXPECT_FALSE(answers("127.0.3.7", "PROXY TCP4 203.0.113.9 127.0.0.1 1 443\r\n"));
  EXPECT_FALSE(answers("127.0.3.7", proxy_header(203, 0, 113, 9) + proxy_header(203, 0, 113, 10)));
  EXPECT_GE(counter(server, "cardea_proxy_headers_refused_total"), 2);
}

TEST_F(PlayedProxy, HalfAHeaderIsNotWaitedForForEver) {
  const int handle = connect_loopback(server.port(), "127.0.3.7");
  const std::string half = proxy_header(203, 0, 113, 9).substr(0, 20);
  ASSERT_EQ(::send(handle, half.data(), half.size(), 0), static_cast<ssize_t>(half.size()));
  char byte = 0;
  EXPECT_EQ(::recv(handle, &byte, 1, 0), 0);  // the server's end; the test's own patience is 20 s
  ::close(handle);
}

}  // namespace
}  // namespace cardea::test
