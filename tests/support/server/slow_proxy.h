// SPDX-License-Identifier: Apache-2.0
// A TCP relay on loopback that makes a server slow, or dead, for whoever comes through it. One thread serves
// all connections.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <thread>

#include "core/base/linux/unique_fd.h"

namespace cardea::test {

class SlowProxy {
 public:
  SlowProxy();
  SlowProxy(const SlowProxy&) = delete;
  SlowProxy& operator=(const SlowProxy&) = delete;
  ~SlowProxy();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }
  void lead_to(std::uint16_t port) { target_ = port; }
  // How long everything that a client sends is on its way.
  void set_delay(std::chrono::milliseconds delay) { delay_ = delay.count(); }
  // Ends every connection, and each new one as soon as it is made; until it is called with false.
  void set_dead(bool dead);
  [[nodiscard]] int connections() const noexcept { return connections_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Chunk {
    Time due;
    std::string bytes;
  };
  struct Connection {
    UniqueFd client, server;
    std::deque<Chunk> waiting;
  };
  void serve();
  void accept_one();
  [[nodiscard]] int wait_millis() const;
  // False when the connection has ended.
  bool take_from_client(Connection& connection) const;
  static bool take_from_server(const Connection& connection);
  static bool send_due(Connection& connection);

  UniqueFd listener_, wake_read_, wake_write_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint16_t> target_{0};
  std::atomic<std::int64_t> delay_{0};
  std::atomic<bool> dead_{false}, stopping_{false};
  std::atomic<int> connections_{0};
  std::list<Connection> open_;  // of the thread
  std::thread thread_;
};

}  // namespace cardea::test
