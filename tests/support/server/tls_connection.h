// SPDX-License-Identifier: Apache-2.0
// One TLS connection over OpenSSL itself, for tests that send what no HTTP client would: half a head, two
// lengths, nothing at all. Every wait ends after `kTimeout`; a test that runs into it fails.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <openssl/ssl.h>

#include "core/base/unique_handle.h"
#include "tests/support/server/http_call.h"

namespace cardea::test {

// For programs that can't say which port they got. Nobody holds it until they do.
std::uint16_t free_loopback_port();
// A TCP connection from `from` (a loopback address) to 127.0.0.1:port. -1 when it is refused.
int connect_loopback(std::uint16_t port, const std::string& from = "127.0.0.1");
// Head and body of one GET without TLS, from 127.0.0.1:port.
std::string get_plain(std::uint16_t port, const std::string& target);

class TlsConnection {
 public:
  struct Settings {
    std::string from = "127.0.0.1";
    std::string preamble = {};  // bytes before the handshake: what a proxy says
    int min_version = TLS1_2_VERSION;
    int max_version = TLS1_3_VERSION;
    const char* ciphers = nullptr;   // TLS 1.2
    SSL_SESSION* session = nullptr;  // of an earlier connection, to be resumed
  };
  // Handshakes and checks the certificate against `ca_file` and 127.0.0.1. Null when that fails.
  static std::unique_ptr<TlsConnection> open(std::uint16_t port, const std::string& ca_file,
                                             const Settings& settings);
  static std::unique_ptr<TlsConnection> open(std::uint16_t port, const std::string& ca_file) {
    return open(port, ca_file, Settings());
  }
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;
  ~TlsConnection();

  bool send(std::string_view bytes);  // false when the peer is gone
  // The next whole answer; status 0 when the connection ends before.
  HttpReply receive();
  // Every byte until the peer ends the connection.
  std::string read_to_end();
  // True when the peer has ended the connection, without another answer.
  bool ended();
  [[nodiscard]] std::string protocol() const { return SSL_get_version(ssl_.get()); }
  // What it may be resumed with; with TLS 1.3 only after an answer. A copy: OpenSSL spoils the session of a
  // connection that goes without a farewell.
  [[nodiscard]] UniqueHandle<SSL_SESSION, SSL_SESSION_free> session() const {
    return UniqueHandle<SSL_SESSION, SSL_SESSION_free>(SSL_SESSION_dup(SSL_get0_session(ssl_.get())));
  }
  [[nodiscard]] bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  // Asks for another handshake on this connection, as TLS 1.2 allows it; false when the peer refuses.
  bool renegotiate();
  [[nodiscard]] int handle() const { return socket_; }
  [[nodiscard]] std::string peer_name() const;  // the certificate's serial number, to tell two apart

 private:
  TlsConnection() = default;
  bool read_more();
  UniqueHandle<SSL_CTX, SSL_CTX_free> context_;
  UniqueHandle<SSL, SSL_free> ssl_;
  int socket_ = -1;
  std::string input_;
};

}  // namespace cardea::test
