// SPDX-License-Identifier: Apache-2.0
// The program itself: options, files it refuses, signals, metrics.
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/server/server_process.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {
namespace {

TEST(Program, SaysItsPortAndEndsOnTerm) {
  ServerProcess server;
  server.start();
  std::ifstream file(server.dir.file("port"));
  int port = 0;
  file >> port;
  EXPECT_EQ(port, server.port());
  EXPECT_EQ(server.client().call("GET", "/readyz", {}).status, 200);
  EXPECT_EQ(server.end(SIGTERM), 0);
  EXPECT_NE(server.log().find("stopping"), std::string::npos);
}

TEST(Program, ShowsMetricsOnTheirOwnListenerOnly) {
  ServerProcess server;
  server.start();
  EXPECT_EQ(server.client().call("GET", "/livez", {}).status, 200);
  EXPECT_EQ(server.client().call("GET", "/metrics", {}).status, 404);
  const std::string metrics = get_plain(server.metrics_port(), "/metrics");
  EXPECT_NE(metrics.find("cardea_requests_total{route=\"GET /livez\",status=\"2xx\"} 1\n"), std::string::npos)
      << metrics;
  EXPECT_NE(metrics.find("# TYPE cardea_connections_total counter\n"), std::string::npos);
  EXPECT_NE(metrics.find("cardea_exceptions_total 0\n"), std::string::npos);
  EXPECT_EQ(get_plain(server.metrics_port(), "/v1/account").substr(0, 12), "HTTP/1.1 404");
}

TEST(Program, TakesANewCertificateOnHangup) {
  ServerProcess server;
  server.start();
  const auto serial = [&] { return TlsConnection::open(server.port(), server.ca_file())->peer_name(); };
  const std::string before = serial();
  for (const char* name : {"cert.pem", "key.pem", "ca.pem"})
    std::filesystem::remove(server.dir.file(name));
  ASSERT_EQ(server.run({"--init-certificate", "127.0.0.1"}), 0);
  EXPECT_EQ(TlsConnection::open(server.port(), server.ca_file()), nullptr);  // the old certificate still
  server.signal(SIGHUP);
  server.wait_for_log("re-read the certificate");
  EXPECT_NE(serial(), before);
}

TEST(Program, KeepsTheOldCertificateWhenTheNewOneIsBad) {
  ServerProcess server;
  server.start();
  std::filesystem::remove(server.dir.file("cert.pem"));
  std::ofstream(server.dir.file("cert.pem")) << "no certificate";
  server.signal(SIGHUP);
  server.wait_for_log("nothing was re-read");
  EXPECT_EQ(server.client().call("GET", "/livez", {}).status, 200);
}

class Refusal : public testing::Test {
 protected:
  std::string refusal(const std::vector<std::string>& arguments = {}) {
    std::string output;
    EXPECT_EQ(server.run(arguments, &output), 1);
    return output;
  }
  ServerProcess server;
};

TEST_F(Refusal, OfAnUnknownKeyNamesFileLineAndReason) {
  std::ofstream(server.dir.file("server.conf"), std::ios::app) << "[server]\nlistne = x\n";
  EXPECT_NE(refusal().find("server.conf:16: unknown key “listne” in [server]"), std::string::npos)
      << refusal();
}

TEST_F(Refusal, OfAConfigurationOthersCanWrite) {
  ASSERT_EQ(::chmod(server.dir.file("server.conf").c_str(), 0666), 0);
  EXPECT_NE(refusal().find("has mode 0666: others may write it"), std::string::npos);
}

TEST_F(Refusal, OfSecretsOthersCanRead) {
  for (const char* name : {"oprf", "ake", "checkpoint", "key.pem"}) {
    ASSERT_EQ(::chmod(server.dir.file(name).c_str(), 0444), 0);
    EXPECT_NE(refusal().find(std::string(name) + ": has mode 0444"), std::string::npos) << name;
    EXPECT_NE(refusal({"--check"}).find(std::string(name) + ": has mode 0444"), std::string::npos) << name;
    ASSERT_EQ(::chmod(server.dir.file(name).c_str(), 0400), 0);
  }
}

TEST_F(Refusal, OfADamagedDatabaseThatStaysAsItIs) {
  server.start();
  ASSERT_EQ(server.end(SIGTERM), 0);
  EXPECT_EQ(server.run({"--check"}), 0);
  std::filesystem::remove(server.dir.file("cardea.db-wal"));
  std::fstream file(server.dir.file("cardea.db"), std::ios::in | std::ios::out | std::ios::binary);
  file << "This is no database";
  file.close();
  EXPECT_NE(refusal().find("restore it from a backup"), std::string::npos);
  std::ifstream again(server.dir.file("cardea.db"));
  std::string begin(19, ' ');
  again.read(begin.data(), 19);
  EXPECT_EQ(begin, "This is no database");
}

TEST_F(Refusal, OfAnAddressInUse) {
  ServerProcess other;
  other.start();
  std::ifstream in(server.dir.file("server.conf"));
  std::string text((std::istreambuf_iterator<char>(in)), {});
  text.replace(text.find("127.0.0.1:0"), 11, other.authority());
  std::ofstream(server.dir.file("server.conf")) << text;
  EXPECT_NE(refusal().find("can't listen"), std::string::npos);
}

TEST_F(Refusal, OfUnknownOptions) {
  std::string output;
  EXPECT_EQ(server.run({"--frobnicate"}, &output), 2);
  EXPECT_NE(output.find("usage: cardea-server"), std::string::npos);
}

}  // namespace
}  // namespace cardea::test
