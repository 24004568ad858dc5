// SPDX-License-Identifier: Apache-2.0
// The world around a session or a watch, in memory: connections to a daemon that follows a script on threads
// of its own, and a clock that tests move.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "credprov/model/outside.h"
#include "tests/unit/credprov/daemon_script.h"

namespace cardea::credprov {

// One connection, from both sides.
struct Wire {
  struct Item {
    Buffer packet;
    client::Channel channel = client::kNoChannel;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Item> to_client, to_daemon;
  std::map<client::Channel, std::deque<Buffer>> channels;
  client::Channel next_channel = 1;
  int open_channels = 0;
  bool client_gone = false, daemon_gone = false, cancelled = false;
};

class FakeOutside final : public Outside {
 public:
  ~FakeOutside() override;

  // Each connection takes the next; without one the service is not running.
  void expect(Script script);
  // Until every thread that was started has ended.
  void join();

  std::unique_ptr<CancellableTransport> transport() noexcept override;
  bool run(std::function<void()> task) noexcept override;
  [[nodiscard]] const Clock& clock() const noexcept override { return time; }

  FakeClock time;
  bool no_threads = false;
  bool no_transports = false;
  int connections() {
    std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  friend class MemoryTransport;
  std::shared_ptr<Wire> connect();

  std::mutex mutex_;
  std::deque<Script> scripts_;
  std::vector<std::thread> threads_;
  std::vector<std::shared_ptr<Wire>> wires_;
  int connections_ = 0;
};

// Waits for another thread, at most some seconds.
bool eventually(const std::function<bool()>& condition);

}  // namespace cardea::credprov
