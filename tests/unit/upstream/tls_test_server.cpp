// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/upstream/tls_test_server.h"

#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <signal.h>
#include <sys/socket.h>

namespace cardea::upstream {

TlsTestServer::TlsTestServer(const CertificateFiles& files, Handler handler,
                             Poco::Net::Context::Protocols highest)
    : listener_(Poco::Net::SocketAddress("127.0.0.1", 0)), handler_(std::move(handler)) {
  Poco::Net::Context::Params parameters;
  parameters.privateKeyFile = files.key;
  parameters.certificateFile = files.certificate;
  parameters.verificationMode = Poco::Net::Context::VERIFY_NONE;
  // Old versions are refused at the usual security level by the server itself.
  parameters.cipherList = highest == Poco::Net::Context::PROTO_TLSV1_1 ? "ALL:@SECLEVEL=0" : "DEFAULT";
  context_ = new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, parameters);
  SSL_CTX_set_min_proto_version(context_->sslContext(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_->sslContext(),
                                highest == Poco::Net::Context::PROTO_TLSV1_1   ? TLS1_1_VERSION
                                : highest == Poco::Net::Context::PROTO_TLSV1_2 ? TLS1_2_VERSION
                                                                               : TLS1_3_VERSION);
  thread_ = std::thread([this] { serve(); });
}

TlsTestServer::TlsTestServer(Handler handler)
    : listener_(Poco::Net::SocketAddress("127.0.0.1", 0)), handler_(std::move(handler)) {
  thread_ = std::thread([this] { serve(); });
}

TlsTestServer::~TlsTestServer() {
  stopping_ = true;
  ::shutdown(listener_.impl()->sockfd(), SHUT_RDWR);  // wakes accept()
  thread_.join();
}

std::string TlsTestServer::url(const std::string& host) const {
  return "https://" + host + ":" + std::to_string(listener_.address().port());
}

void TlsTestServer::serve() {
  sigset_t sigpipe;  // OpenSSL writes with write(2)
  sigemptyset(&sigpipe);
  sigaddset(&sigpipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &sigpipe, nullptr);
  while (!stopping_) {
    try {
      Poco::Net::StreamSocket plain = listener_.acceptConnection();
      ++connections_;
      if (!context_) {
        handler_(plain);
        continue;
      }
      Poco::Net::SecureStreamSocket secure = Poco::Net::SecureStreamSocket::attach(plain, context_);
      if (secure.completeHandshake() != 0) handler_(secure);
    } catch (const Poco::Exception&) {
      // The client did not like us, or the test is over.
    }
  }
}

std::string read_request(Poco::Net::StreamSocket& connection) {
  std::string text;
  char buffer[4096];
  std::size_t wanted = std::string::npos;
  while (text.size() < wanted) {
    const int size = connection.receiveBytes(buffer, sizeof buffer);
    if (size <= 0) return {};
    text.append(buffer, static_cast<std::size_t>(size));
    const auto end = text.find("\r\n\r\n");
    if (end == std::string::npos || wanted != std::string::npos) continue;
    const auto length = text.find("Content-Length: ");
    wanted = end + 4 + (length < end ? std::stoul(text.substr(length + 16)) : 0);
  }
  return text;
}

bool send_text(Poco::Net::StreamSocket& connection, std::string_view text) {
  try {
    while (!text.empty()) {
      const int sent = connection.sendBytes(text.data(), static_cast<int>(text.size()));
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  } catch (const Poco::Exception&) {
    return false;
  }
}

void wait_for_end(Poco::Net::StreamSocket& connection) {
  char buffer[4096];
  while (connection.receiveBytes(buffer, sizeof buffer) > 0) {
  }
}

}  // namespace cardea::upstream
