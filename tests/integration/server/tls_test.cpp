// SPDX-License-Identifier: Apache-2.0
// What the server grants below HTTP: protocols, ciphers, tickets (docs/spec/server-protocol.md).
#include <csignal>
#include <stdexcept>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/byte_builder.h"
#include "tests/support/child_process.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::test {
namespace {

// What the server's first record says to a client that has this version at most and would like compression.
Bytes first_record(std::uint16_t port, std::uint16_t version) {
  Bytes extensions = ByteBuilder().u16(10).u16(4).u16(2).u16(23).take();  // P-256
  extensions = ByteBuilder().raw(extensions).u16(13).u16(4).u16(2).u16(0x0403).take();
  const Bytes hello = ByteBuilder()
                          .u16(version)
                          .raw(Bytes(32, 7))
                          .u8(0)  // no session
                          .u16(4)
                          .u16(0xC02B)
                          .u16(0xC009)  // ECDHE-ECDSA with AES-GCM, and with CBC
                          .u8(2)
                          .u8(1)
                          .u8(0)  // DEFLATE, or none
                          .u16(static_cast<std::uint16_t>(extensions.size()))
                          .raw(extensions)
                          .take();
  const Bytes record = ByteBuilder()
                           .u8(22)
                           .u16(0x0301)
                           .u16(static_cast<std::uint16_t>(hello.size() + 4))
                           .u8(1)
                           .u8(0)
                           .u16(static_cast<std::uint16_t>(hello.size()))
                           .raw(hello)
                           .take();
  const int handle = connect_loopback(port);
  EXPECT_EQ(::send(handle, record.data(), record.size(), 0), static_cast<ssize_t>(record.size()));
  Bytes answer(5);
  EXPECT_EQ(::recv(handle, answer.data(), 5, MSG_WAITALL), 5);
  answer.resize(5 + std::size_t{answer[3]} * 256 + answer[4]);
  EXPECT_EQ(::recv(handle, answer.data() + 5, answer.size() - 5, MSG_WAITALL), answer.size() - 5);
  ::close(handle);
  return answer;
}

class Tls : public testing::Test {
 protected:
  ServerProcess server;
};

TEST_F(Tls, OldProtocolsAndCiphersAreRefused) {
  server.start();
  TlsConnection::Settings settings;
  settings.min_version = TLS1_VERSION;
  settings.max_version = TLS1_1_VERSION;
  EXPECT_EQ(TlsConnection::open(server.port(), server.ca_file(), settings), nullptr);
  settings.min_version = settings.max_version = TLS1_2_VERSION;
  settings.ciphers = "ECDHE-ECDSA-AES128-SHA";
  EXPECT_EQ(TlsConnection::open(server.port(), server.ca_file(), settings), nullptr);
  settings.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  const auto good = TlsConnection::open(server.port(), server.ca_file(), settings);
  ASSERT_NE(good, nullptr);
  EXPECT_EQ(good->protocol(), "TLSv1.2");
}

// With an RSA certificate, so that it is not the certificate that refuses.
TEST_F(Tls, WithoutEphemeralEllipticCurvesOrWithoutAeadThereIsNoConnection) {
  test_support::must_run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                          "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                          server.dir.file("key.pem"), "-out", server.dir.file("cert.pem")});
  server.start();
  TlsConnection::Settings settings;
  settings.max_version = TLS1_2_VERSION;
  const auto connects = [&](const char* ciphers) {
    settings.ciphers = ciphers;
    return TlsConnection::open(server.port(), server.dir.file("cert.pem"), settings) != nullptr;
  };
  EXPECT_TRUE(connects("ECDHE-RSA-AES128-GCM-SHA256"));
  EXPECT_FALSE(connects("AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA"));  // static RSA
  EXPECT_FALSE(connects("DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305"));
  EXPECT_FALSE(connects("ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA"));
  EXPECT_FALSE(connects("aNULL:eNULL"));
}

TEST_F(Tls, AConnectionIsNotNegotiatedAnew) {
  server.start();
  TlsConnection::Settings settings;
  settings.max_version = TLS1_2_VERSION;
  const auto connection = TlsConnection::open(server.port(), server.ca_file(), settings);
  ASSERT_NE(connection, nullptr);
  EXPECT_FALSE(connection->renegotiate());
}

TEST_F(Tls, NothingIsCompressedAndNoOlderProtocolIsSpoken) {
  server.start();
  const Bytes hello = first_record(server.port(), TLS1_2_VERSION);
  ASSERT_EQ(hello[0], 22);  // a ServerHello, with a session id of some length
  const std::size_t behind_session = 5 + 4 + 2 + 32 + 1 + hello.at(5 + 4 + 2 + 32);
  EXPECT_EQ(hello.at(behind_session), 0xC0);
  EXPECT_EQ(hello.at(behind_session + 1), 0x2B);
  EXPECT_EQ(hello.at(behind_session + 2), 0);  // no compression
  for (const int version : {SSL3_VERSION, TLS1_VERSION, TLS1_1_VERSION}) {
    const Bytes alert = first_record(server.port(), static_cast<std::uint16_t>(version));
    EXPECT_EQ(alert.at(0), 21) << version;
    EXPECT_EQ(alert.at(5), 2) << version;  // fatal
  }
}

// The keys of the tickets are in the server's memory and nowhere else.
TEST_F(Tls, ATicketEndsWithTheProcessAndCarriesNoEarlyRequest) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsConnection::Settings settings;
    settings.min_version = settings.max_version = version;
    const auto connect = [&] {
      auto connection = TlsConnection::open(server.port(), server.ca_file(), settings);
      if (!connection ||
          !connection->send("GET /livez HTTP/1.1\r\nHost: " + server.authority() + "\r\n\r\n") ||
          connection->receive().status != 200)
        throw std::runtime_error("no connection");
      return connection;
    };
    server.start();
    const auto session = connect()->session();
    // A request in early data could be sent again by whoever has seen it.
    EXPECT_EQ(SSL_SESSION_get_max_early_data(session.get()), 0u);
    settings.session = session.get();
    EXPECT_TRUE(connect()->resumed());
    ASSERT_EQ(server.end(SIGTERM), 0);
    server.start();
    EXPECT_FALSE(connect()->resumed());
    ASSERT_EQ(server.end(SIGTERM), 0);
  }
}

}  // namespace
}  // namespace cardea::test
