// SPDX-License-Identifier: Apache-2.0
// A listening socket with its threads: the API over TLS, or the metrics in the clear. Owned by server/main.
#pragma once

#include <memory>

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>

#include "server/http/connection.h"
#include "server/http/tls_context.h"

namespace cardea::server::http {

struct ListenAddress {
  std::string host;  // numeric
  std::uint16_t port = 0;
};

// "127.0.0.1:8443" or "[::1]:8443".
Result<ListenAddress> parse_listen_address(std::string_view text);

class Listener {
 public:
  // Takes the address; `tls` is null for plain HTTP. io_failed when it can't be had. Everything passed in
  // outlives the listener.
  static Result<std::unique_ptr<Listener>> bind(const ListenAddress& address, TlsContext* tls,
                                                const Clock& clock, Metrics& metrics,
                                                const GuardLimits& limits, std::size_t max_body);
  // Begins to serve; once.
  Status serve(RequestSink& sink);
  ~Listener();
  // "127.0.0.1:41234": where it really listens.
  [[nodiscard]] std::string address() const { return address_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t queued() const {
    return server_ ? static_cast<std::size_t>(server_->queuedConnections()) : 0;
  }
  // Takes no new connections, lets requests under way finish for `millis`, then ends what is left.
  void stop(std::int64_t millis);

 private:
  Listener(const Clock& clock, Metrics& metrics, const GuardLimits& limits, std::size_t max_body);
  std::string address_;
  std::uint16_t port_ = 0;
  ConnectionGuard guard_;
  ConnectionShared shared_;
  Poco::ThreadPool threads_;
  Poco::Net::ServerSocket socket_;
  std::unique_ptr<Poco::Net::TCPServer> server_;
};

// Counts what no catch has taken; Poco would print it. Installed once, before the first listener.
void install_error_counter(Metrics& metrics);

}  // namespace cardea::server::http
