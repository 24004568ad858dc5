// SPDX-License-Identifier: Apache-2.0
// The portal's files over the real server's sockets: whatever a stranger writes into the request line, he
// gets a file of the manifest or a problem.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/crypto/hash.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view kScript = "console.log(1)";

class PortalOverTls : public testing::Test {
 protected:
  PortalOverTls() {
    const std::string folder = files_.path();
    std::ofstream(folder + "/index.html") << "<p>start</p>";
    std::ofstream(folder + "/a-1.js") << large_;
    const auto hash = [](std::string_view text) { return to_hex(crypto::sha256({as_bytes(text)})); };
    std::ofstream(folder + "/manifest.json")
        << R"({"version":1,"files":[{"path":"/","file":"index.html","type":"text/html","immutable":false,"sha256":")"
        << hash("<p>start</p>") << R"("},{"path":"/assets/a-1.js","file":"a-1.js","type":"text/javascript",)"
        << R"("immutable":true,"sha256":")" << hash(large_) << "\"}]}\n";
  }
  [[nodiscard]] std::string setting() const { return "[server]\nportal = " + files_.path() + "\n"; }
  // What comes back for these exact bytes, head and body, until the server closes.
  static std::string raw(const ServerProcess& server, const std::string& line) {
    auto connection = TlsConnection::open(server.port(), server.ca_file());
    connection->send(line + " HTTP/1.1\r\nHost: " + server.authority() + "\r\nConnection: close\r\n\r\n");
    return connection->read_to_end();
  }
  TempDir files_;
  const std::string large_ = std::string(300'000, '/') + std::string(kScript);
};

TEST_F(PortalOverTls, IsServedBesideTheApi) {
  ServerProcess server(setting());
  server.start();
  auto client = server.client();
  const HttpReply page = client.call("GET", "/", {});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<p>start</p>");
  EXPECT_EQ(page.headers.at("content-type"), "text/html");
  EXPECT_EQ(page.headers.at("cache-control"), "no-cache");
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("require-trusted-types-for 'script'"));
  EXPECT_EQ(client.call("GET", "/assets/a-1.js", {}).body, large_);
  EXPECT_EQ(client.call("GET", "/livez", {}).status, 200);
  EXPECT_EQ(client.call("GET", "/nothing", {}).problem(), "not-found");
}

TEST_F(PortalOverTls, HasNoWayOutOfItsFiles) {
  ServerProcess server(setting());
  server.start();
  for (const char* path :
       {"/../server.conf", "/..", "/assets/../manifest.json", "/assets/..%2fmanifest.json",
        "/%2e%2e/server.conf", "/assets//a-1.js", "/assets/./a-1.js", "/assets/a-1.js/", "//etc/passwd",
        "/assets/a-1.js%00", "/manifest.json", "/index.html", "/assets/\\..\\x", "https://127.0.0.1/", "*",
        "/assets/a-1.js#x", "/assets/a-1.js;x"}) {
    const std::string answer = raw(server, std::string("GET ") + path);
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 40")) << path;
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << path;
    EXPECT_THAT(answer, testing::Not(HasSubstr(std::string(kScript)))) << path;
  }
}

TEST_F(PortalOverTls, AnswersHeadAndConditionsWithoutABody) {
  ServerProcess server(setting());
  server.start();
  const std::string head = raw(server, "HEAD /assets/a-1.js");
  EXPECT_THAT(head, HasSubstr("Content-Length: " + std::to_string(large_.size()) + "\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  auto client = server.client();
  const std::string etag = client.call("GET", "/", {}).headers.at("etag");
  auto connection = TlsConnection::open(server.port(), server.ca_file());
  connection->send("GET / HTTP/1.1\r\nHost: " + server.authority() + "\r\nIf-None-Match: " + etag +
                   "\r\nConnection: close\r\n\r\n");
  const std::string unchanged = connection->read_to_end();
  EXPECT_THAT(unchanged, testing::StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_THAT(unchanged, testing::Not(HasSubstr("Content-Length")));
  EXPECT_TRUE(unchanged.ends_with("\r\n\r\n"));
}

TEST_F(PortalOverTls, TakesNoOtherMethod) {
  ServerProcess server(setting());
  server.start();
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
    const std::string answer = raw(server, std::string(method) + " /");
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 405")) << method;
    EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD\r\n")) << method;
  }
}

TEST_F(PortalOverTls, ABrokenPortalStopsTheStart) {
  std::ofstream(files_.path() + "/index.html") << "another";
  ServerProcess server(setting());
  std::string output;
  EXPECT_EQ(server.run({"--check"}, &output), 1);
  EXPECT_THAT(output, HasSubstr("index.html: is not the file of the manifest"));
  EXPECT_EQ(server.run({}, &output), 1);
}

TEST_F(PortalOverTls, CanBeOff) {
  ServerProcess server("[server]\nportal = off\n");
  server.start();
  EXPECT_EQ(server.client().call("GET", "/", {}).status, 404);
}

}  // namespace
}  // namespace cardea::test
