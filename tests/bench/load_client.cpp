// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/load_client.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/unique_handle.h"
#include "tests/support/server/tls_connection.h"

namespace cardea::bench {
namespace {

using std::chrono::steady_clock;
using Context = UniqueHandle<SSL_CTX, SSL_CTX_free>;

Context make_context(const Load& load) {
  Context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (SSL_CTX_load_verify_locations(context.get(), load.ca_file.c_str(), nullptr) != 1)
    throw std::runtime_error("no CA file");
  return context;
}

class Connection {
 public:
  Connection(SSL_CTX* context, const Load& load, const std::string& from)
      : dialect_(load.dialect), socket_(test::connect_loopback(load.port, from)), ssl_(SSL_new(context)) {
    if (socket_ < 0) throw std::runtime_error("not connected");
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    SSL_set_fd(ssl_.get(), socket_);
    if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("no TLS");
    if (SSL_session_reused(ssl_.get()) != 0) throw std::runtime_error("not a full handshake");
    if (!dialect_.opening.empty()) (void)ask(dialect_.opening);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  // Sends and reads one whole answer; its bytes, as the dialect counts them.
  std::size_t ask(std::string_view request) {
    if (SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size())) <= 0)
      throw std::runtime_error("not sent");
    std::size_t size = 0;
    for (;;) {
      const int got = SSL_read(ssl_.get(), buffer_ + size, static_cast<int>(sizeof buffer_ - size));
      if (got <= 0) throw std::runtime_error("no whole answer");
      size += static_cast<std::size_t>(got);
      if (const auto bytes = dialect_.whole({buffer_, size})) return *bytes;
    }
  }

 private:
  const Dialect& dialect_;
  int socket_;
  UniqueHandle<SSL, SSL_free> ssl_;
  char buffer_[16 * 1024];
};

// Addresses of their own, so that ports are not used up by connections that have just ended.
std::string address_of(unsigned number) {
  return "127.0." + std::to_string(1 + number / 200) + "." + std::to_string(1 + number % 200);
}

class Run {
 public:
  Run(const Load& load, const std::vector<std::string>& requests)
      : load_(load), requests_(requests), context_(make_context(load)), times_(load.connections) {}

  LoadResult go(const std::function<void()>& begins) {
    std::vector<std::unique_ptr<Connection>> connections(load_.connections);
    for (unsigned i = 0; load_.keep_alive && i < load_.connections; ++i)
      connections[i] = open(i);
    begins();
    const auto begin = steady_clock::now();
    end_ = begin + load_.duration;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < load_.connections; ++i)
      threads.emplace_back([this, i, &connections] { work(i, connections[i]); });
    for (std::thread& thread : threads)
      thread.join();
    const double seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();
    if (failed_) throw std::runtime_error("load: " + failure_);
    std::vector<double> all;
    for (const auto& part : times_)
      all.insert(all.end(), part.begin(), part.end());
    std::sort(all.begin(), all.end());
    if (all.empty()) throw std::runtime_error("load: no answer in time");
    return {static_cast<double>(done_) / seconds, done_, body_bytes_, all[all.size() / 2],
            all[all.size() * 99 / 100]};
  }

 private:
  std::unique_ptr<Connection> open(unsigned number) {
    return std::make_unique<Connection>(context_.get(), load_, address_of(number));
  }
  void work(unsigned number, std::unique_ptr<Connection>& connection) {
    try {
      while (steady_clock::now() < end_ && !failed_) {
        const std::size_t index = next_.fetch_add(1);
        if (index >= requests_.size()) return;
        const auto begin = steady_clock::now();
        if (!connection) connection = open(number);
        body_bytes_ = connection->ask(requests_[index]);
        ++done_;
        times_[number].push_back(
            std::chrono::duration<double, std::micro>(steady_clock::now() - begin).count());
        if (!load_.keep_alive) connection.reset();
      }
    } catch (const std::exception& problem) {
      if (!failed_.exchange(true)) failure_ = problem.what();
    }
  }

  const Load& load_;
  const std::vector<std::string>& requests_;
  Context context_;
  steady_clock::time_point end_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::size_t> body_bytes_{0};
  std::atomic<bool> failed_{false};
  std::string failure_;                     // of the first thread that fails; read after all have ended
  std::vector<std::vector<double>> times_;  // of each thread
};

}  // namespace

std::optional<std::size_t> whole_http_answer(std::string_view received) {
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const auto head = received.find("\r\n\r\n");
  if (head == std::string_view::npos) return {};
  if (!received.starts_with("HTTP/1.1 200 ")) throw std::runtime_error(std::string(received));
  const auto length = received.find(kLength);
  if (length == std::string_view::npos) throw std::runtime_error("no length");
  const std::size_t body = std::strtoul(received.data() + length + kLength.size(), nullptr, 10);
  if (received.size() < head + 4 + body) return {};
  return body;
}

LoadResult run_load(const Load& load, const std::vector<std::string>& requests,
                    const std::function<void()>& begins) {
  return Run(load, requests).go(begins);
}

void hold_idle(const Load& load, const std::vector<std::string>& requests,
               const std::function<void()>& look) {
  const Context context = make_context(load);
  std::vector<std::unique_ptr<Connection>> connections;
  for (const std::string& request : requests) {
    const auto number = static_cast<unsigned>(connections.size());
    connections.push_back(std::make_unique<Connection>(context.get(), load, address_of(number)));
    (void)connections.back()->ask(request);
  }
  look();
}

}  // namespace cardea::bench
