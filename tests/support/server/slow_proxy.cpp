// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server/slow_proxy.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cardea::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

UniqueFd connect_to(std::uint16_t port) {
  UniqueFd out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  if (port == 0 || ::connect(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return {};
  return out;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string receive(int socket) {
  std::array<char, 16'384> buffer;
  const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
  return count <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(count));
}

}  // namespace

SlowProxy::SlowProxy() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  int ends[2];
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 64) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("no proxy");
  port_ = ntohs(address.sin_port);
  wake_read_ = UniqueFd(ends[0]);
  wake_write_ = UniqueFd(ends[1]);
  thread_ = std::thread([this] { serve(); });
}

SlowProxy::~SlowProxy() {
  stopping_ = true;
  (void)!::write(wake_write_.get(), "x", 1);
  thread_.join();
}

void SlowProxy::set_dead(bool dead) {
  dead_ = dead;
  (void)!::write(wake_write_.get(), "x", 1);
}

int SlowProxy::wait_millis() const {
  Time next = Time::max();
  for (const Connection& connection : open_) {
    if (!connection.waiting.empty()) next = std::min(next, connection.waiting.front().due);
  }
  if (next == Time::max()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::max<long long>(left, 0));
}

void SlowProxy::accept_one() {
  UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  ++connections_;
  if (dead_) return;
  UniqueFd server = connect_to(target_);
  if (server.get() >= 0) open_.push_back({std::move(client), std::move(server), {}});
}

bool SlowProxy::take_from_client(Connection& connection) const {
  std::string bytes = receive(connection.client.get());
  if (bytes.empty()) return false;
  const std::chrono::milliseconds delay(delay_.load());
  connection.waiting.push_back({std::chrono::steady_clock::now() + delay, std::move(bytes)});
  return true;
}

bool SlowProxy::take_from_server(const Connection& connection) {
  const std::string bytes = receive(connection.server.get());
  return !bytes.empty() && send_all(connection.client.get(), bytes);
}

bool SlowProxy::send_due(Connection& connection) {
  const Time now = std::chrono::steady_clock::now();
  while (!connection.waiting.empty() && connection.waiting.front().due <= now) {
    if (!send_all(connection.server.get(), connection.waiting.front().bytes)) return false;
    connection.waiting.pop_front();
  }
  return true;
}

void SlowProxy::serve() {
  while (!stopping_) {
    std::vector<pollfd> polled{{listener_.get(), POLLIN, 0}, {wake_read_.get(), POLLIN, 0}};
    for (const Connection& connection : open_) {
      polled.push_back({connection.client.get(), POLLIN, 0});
      polled.push_back({connection.server.get(), POLLIN, 0});
    }
    (void)::poll(polled.data(), polled.size(), wait_millis());
    char byte = 0;
    if (polled[1].revents != 0) (void)!::read(wake_read_.get(), &byte, 1);
    std::size_t at = 2;
    for (auto one = open_.begin(); one != open_.end(); at += 2) {
      const bool goes_on = !dead_ && (polled[at].revents == 0 || take_from_client(*one)) &&
                           (polled[at + 1].revents == 0 || take_from_server(*one)) && send_due(*one);
      one = goes_on ? std::next(one) : open_.erase(one);
    }
    if (polled[0].revents != 0) accept_one();
  }
}

}  // namespace cardea::test
