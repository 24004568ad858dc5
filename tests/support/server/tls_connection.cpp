// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/tls_connection.h"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cardea::test {
namespace {

constexpr timeval kTimeout = {20, 0};

sockaddr_in loopback(const std::string& host, std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

void read_fields(HttpReply& reply, std::string_view head) {
  reply.status = std::atoi(std::string(head.substr(std::min<std::size_t>(9, head.size()), 3)).c_str());
  for (auto at = head.find("\r\n"); at != std::string_view::npos && at + 2 < head.size();
       at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    for (char& c : name)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    reply.headers[name] = line.substr(colon + 2);
  }
}

}  // namespace

std::uint16_t free_loopback_port() {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback("127.0.0.1", 0);
  socklen_t size = sizeof address;
  const bool bound = ::bind(handle, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(handle);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

int connect_loopback(std::uint16_t port, const std::string& from) {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return -1;
  ::setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &kTimeout, sizeof kTimeout);
  ::setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &kTimeout, sizeof kTimeout);
  const sockaddr_in source = loopback(from, 0);
  const sockaddr_in target = loopback("127.0.0.1", port);
  if (::bind(handle, reinterpret_cast<const sockaddr*>(&source), sizeof source) == 0 &&
      ::connect(handle, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0) {
    return handle;
  }
  ::close(handle);
  return -1;
}

std::string get_plain(std::uint16_t port, const std::string& target) {
  const int handle = connect_loopback(port);
  const std::string request = "GET " + target + " HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n";
  std::string out;
  char buffer[4096];
  if (::write(handle, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
    for (ssize_t count = 0; (count = ::read(handle, buffer, sizeof buffer)) > 0;)
      out.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(handle);
  return out;
}

std::unique_ptr<TlsConnection> TlsConnection::open(std::uint16_t port, const std::string& ca_file,
                                                   const Settings& settings) {
  (void)std::signal(SIGPIPE, SIG_IGN);  // a peer that cuts us off is what these tests are about
  std::unique_ptr<TlsConnection> out(new TlsConnection);
  out->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = out->context_.get();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_security_level(context, 0);  // what the server refuses must be the server's doing
  SSL_CTX_set_min_proto_version(context, settings.min_version);
  SSL_CTX_set_max_proto_version(context, settings.max_version);
  if (settings.ciphers != nullptr && SSL_CTX_set_cipher_list(context, settings.ciphers) != 1) return nullptr;
  if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1) return nullptr;
  out->socket_ = connect_loopback(port, settings.from);
  if (out->socket_ < 0) return nullptr;
  const std::string& preamble = settings.preamble;
  if (::send(out->socket_, preamble.data(), preamble.size(), 0) != static_cast<ssize_t>(preamble.size()))
    return nullptr;
  out->ssl_.reset(SSL_new(context));
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(out->ssl_.get()), "127.0.0.1");
  SSL_set_fd(out->ssl_.get(), out->socket_);
  if (settings.session != nullptr && SSL_set_session(out->ssl_.get(), settings.session) != 1) return nullptr;
  if (SSL_connect(out->ssl_.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return out;
}

TlsConnection::~TlsConnection() {
  ssl_.reset();
  if (socket_ >= 0) ::close(socket_);
}

bool TlsConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const int count = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (count <= 0) {
      ERR_clear_error();
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool TlsConnection::renegotiate() {
  if (SSL_renegotiate(ssl_.get()) != 1) throw std::runtime_error("this end does not renegotiate");
  const bool done = SSL_do_handshake(ssl_.get()) == 1;
  if (!done && ERR_GET_REASON(ERR_peek_error()) != SSL_R_NO_RENEGOTIATION)
    throw std::runtime_error("it was not the peer that refused");
  ERR_clear_error();
  return done;
}

bool TlsConnection::read_more() {
  char buffer[16384];
  const int count = SSL_read(ssl_.get(), buffer, sizeof buffer);
  if (count <= 0) {
    ERR_clear_error();
    return false;
  }
  input_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

HttpReply TlsConnection::receive() {
  HttpReply reply;
  std::size_t end = std::string::npos;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return {};
  }
  read_fields(reply, std::string_view(input_).substr(0, end + 2));
  input_.erase(0, end + 4);
  if (reply.status == 100) return receive();
  const auto length = reply.headers.find("content-length");
  const std::size_t size = length == reply.headers.end() ? 0 : std::stoul(length->second);
  while (input_.size() < size) {
    if (!read_more()) return {};
  }
  reply.body = input_.substr(0, size);
  input_.erase(0, size);
  return reply;
}

std::string TlsConnection::read_to_end() {
  while (read_more()) {
  }
  return std::exchange(input_, {});
}

bool TlsConnection::ended() { return input_.empty() && !read_more(); }

std::string TlsConnection::peer_name() const {
  const UniqueHandle<X509, X509_free> certificate(SSL_get1_peer_certificate(ssl_.get()));
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate.get());
  return to_hex({ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

}  // namespace cardea::test
