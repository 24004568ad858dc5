// SPDX-License-Identifier: Apache-2.0
#include "tests/support/postgres/breaking_wire.h"

#include <cstring>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace cardea::test {
namespace {

constexpr char kSocketName[] = "/.s.PGSQL.5432";

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("a long socket path");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool send_all(int handle, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

BreakingWire::BreakingWire(const std::string& server_directory)
    : server_path_(server_directory + kSocketName) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(dir_.path() + kSocketName);
  int ends[2];
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 16) != 0 || ::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::runtime_error("the wire can't be laid");
  }
  stop_read_ = ends[0];
  stop_write_ = ends[1];
  accepting_ = std::thread([this] { accept_all(); });
}

BreakingWire::~BreakingWire() {
  ::close(stop_write_);  // all threads see the end of the pipe
  accepting_.join();
  ::close(stop_read_);
  ::close(listener_);
}

void BreakingWire::accept_all() {
  for (;;) {
    pollfd waiting[2] = {{listener_, POLLIN, 0}, {stop_read_, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 || waiting[1].revents != 0) break;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) carriers_.emplace_back([this, client] { carry(client); });
  }
  for (auto& carrier : carriers_)
    carrier.join();
}

void BreakingWire::carry(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(server_path_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    for (bool going = true; going;) {
      pollfd waiting[3] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_read_, POLLIN, 0}};
      if (::poll(waiting, 3, -1) < 0 || waiting[2].revents != 0) break;
      if (waiting[0].revents != 0) going = pass_on(client, server, true);
      if (going && waiting[1].revents != 0) going = pass_on(server, client, false);
    }
  }
  ::close(client);
  ::close(server);
}

bool BreakingWire::pass_on(int from, int to, bool from_client) {
  char buffer[65536];
  const ssize_t count = ::recv(from, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  const std::string_view bytes(buffer, static_cast<std::size_t>(count));
  if (!from_client || bytes.find("; COMMIT") == std::string_view::npos) return send_all(to, bytes);
  const Fault fault = fault_.exchange(Fault::none);
  if (fault == Fault::none) return send_all(to, bytes);
  ++struck_;
  if (fault == Fault::silence) {
    // Until the client has had enough of it.
    pollfd waiting[2] = {{from, POLLIN, 0}, {stop_read_, POLLIN, 0}};
    (void)::poll(waiting, 2, -1);
  }
  if (fault == Fault::after_commit && send_all(to, bytes)) (void)::recv(to, buffer, sizeof buffer, 0);
  return false;
}

}  // namespace cardea::test
