// SPDX-License-Identifier: Apache-2.0
// A TLS server in the test's own process, on loopback and a port of the system's choice, that does with each
// connection whatever the test says.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include <Poco/Net/Context.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include "tests/unit/upstream/test_certificates.h"

namespace cardea::upstream {

class TlsTestServer {
 public:
  // Called for one connection after the other; the connection ends when it returns.
  using Handler = std::function<void(Poco::Net::StreamSocket& connection)>;

  TlsTestServer(const CertificateFiles& files, Handler handler,
                Poco::Net::Context::Protocols highest = Poco::Net::Context::PROTO_TLSV1_3);
  // No TLS: the handler gets the bare connection.
  explicit TlsTestServer(Handler handler);
  TlsTestServer(const TlsTestServer&) = delete;
  TlsTestServer& operator=(const TlsTestServer&) = delete;
  ~TlsTestServer();

  [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const;
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void serve();
  Poco::Net::ServerSocket listener_;
  Poco::Net::Context::Ptr context_;  // null: no TLS
  Handler handler_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::thread thread_;
};

// The head of the next request and its body; empty when the client has gone.
std::string read_request(Poco::Net::StreamSocket& connection);
// Sends all; false when the client has gone.
bool send_text(Poco::Net::StreamSocket& connection, std::string_view text);
// Waits until the client has closed.
void wait_for_end(Poco::Net::StreamSocket& connection);

}  // namespace cardea::upstream
