// SPDX-License-Identifier: Apache-2.0
#include "server/http/listener.h"

#include <Poco/ErrorHandler.h>
#include <Poco/Exception.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/Net/TCPServerParams.h>

#include "core/base/text.h"

namespace cardea::server::http {
namespace {

class Filter final : public Poco::Net::TCPServerConnectionFilter {
 public:
  explicit Filter(ConnectionGuard& guard) : guard_(guard) {}
  bool accept(const Poco::Net::StreamSocket& socket) override { return guard_.admit(socket); }

 private:
  ConnectionGuard& guard_;
};

class Factory final : public Poco::Net::TCPServerConnectionFactory {
 public:
  explicit Factory(ConnectionShared& shared) : shared_(shared) {}
  Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
    return new Connection(socket, shared_);
  }

 private:
  ConnectionShared& shared_;
};

class ErrorCounter final : public Poco::ErrorHandler {
 public:
  explicit ErrorCounter(Metrics& metrics) : metrics_(metrics) {}
  void exception(const Poco::Exception&) override { count(); }
  void exception(const std::exception&) override { count(); }
  void exception() override { count(); }

 private:
  void count() { metrics_.exceptions.fetch_add(1, std::memory_order_relaxed); }
  Metrics& metrics_;
};

// OpenSSL's handshake needs about 30 KiB of stack; sanitizers need several times that.
constexpr int kThreadStack = 512 * 1024;
constexpr Poco::Timespan::TimeDiff kThreadIdle = 1'000'000;  // microseconds
constexpr int kBacklog = 512;

}  // namespace

void install_error_counter(Metrics& metrics) {
  static ErrorCounter counter(metrics);
  Poco::ErrorHandler::set(&counter);
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return fail(Error::invalid_argument, "expected ADDRESS:PORT");
  std::string_view host = text.substr(0, colon);
  const auto port = parse_decimal(text.substr(colon + 1));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  Poco::Net::IPAddress address;
  if (!port || *port > 65535 || !Poco::Net::IPAddress::tryParse(std::string(host), address)) {
    return fail(Error::invalid_argument, "expected ADDRESS:PORT with a numeric address");
  }
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

Listener::Listener(const Clock& clock, Metrics& metrics, const GuardLimits& limits, std::size_t max_body)
    : guard_(clock, metrics, limits),
      shared_{clock, guard_, metrics, nullptr, max_body},
      threads_("http", 2, static_cast<int>(limits.threads) + 1, 60, kThreadStack) {}

Result<std::unique_ptr<Listener>> Listener::bind(const ListenAddress& address, TlsContext* tls,
                                                 const Clock& clock, Metrics& metrics,
                                                 const GuardLimits& limits, std::size_t max_body) {
  std::unique_ptr<Listener> listener(new Listener(clock, metrics, limits, max_body));
  try {
    const Poco::Net::SocketAddress where(address.host, address.port);
    listener->socket_ = tls != nullptr
                            ? Poco::Net::ServerSocket(Poco::Net::SecureServerSocket(tls->context()))
                            : Poco::Net::ServerSocket();
    // Without SO_REUSEPORT, which Poco would set: another process of this user could share the port.
    listener->socket_.bind(where, true, false);
    listener->socket_.listen(kBacklog);
    listener->address_ = listener->socket_.address().toString();
    listener->port_ = listener->socket_.address().port();
  } catch (const Poco::Exception& failure) {
    return fail(Error::io_failed, "can't listen: " + failure.displayText());
  }
  return listener;
}

Status Listener::serve(RequestSink& sink) {
  shared_.sink = &sink;
  try {
    const GuardLimits& limits = guard_.limits();
    Poco::AutoPtr<Poco::Net::TCPServerParams> params(new Poco::Net::TCPServerParams);
    params->setMaxThreads(static_cast<int>(limits.threads));
    params->setMaxQueued(static_cast<int>(limits.queue));
    // A thread of Poco's that begins to wait for a connection just when stop() wakes them all waits on for
    // this long, and the end of the process with it.
    params->setThreadIdleTime(Poco::Timespan(kThreadIdle));
    Poco::Net::TCPServerConnectionFactory::Ptr factory(new Factory(shared_));
    server_ = std::make_unique<Poco::Net::TCPServer>(factory, threads_, socket_, params);
    server_->setConnectionFilter(new Filter(guard_));
    server_->start();
  } catch (const Poco::Exception& failure) {
    return fail(Error::io_failed, "can't serve: " + failure.displayText());
  }
  return {};
}

void Listener::stop(std::int64_t millis) {
  if (server_) server_->stop();
  guard_.drain(millis);
}

Listener::~Listener() {
  stop(0);
  server_.reset();
  threads_.joinAll();
}

}  // namespace cardea::server::http
