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

#include "core/base/bytes.h"
#include "credprov/model/outside.h"

namespace cardea::credprov {

using Buffer = std::vector<std::uint8_t>;

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

// What a script does at the daemon's end. Everything that does not come within seconds fails the test.
class DaemonEnd {
 public:
  explicit DaemonEnd(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}

  wire::Begin begin();
  wire::BeginOperation operation();
  // Asks, and what came: the text, or the secret of the private channel; "<refused>", "<empty>", "<gone>".
  std::string ask(std::string_view purpose, std::string_view prompt, wire::Route route,
                  std::string_view notice = {}, std::uint8_t flags = 0);
  std::string ask_pin(std::string_view prompt = "PIN: ", std::string_view notice = {}) {
    return ask("pin-or-access-key", prompt, wire::Route::by_form, notice);
  }
  void say(std::string_view line);
  wire::AnswerKind reveal(std::string_view purpose, std::string_view content);
  void verdict(wire::Decision decision, std::string_view user, std::string_view message = {},
               Error error = {});
  void result(std::string_view message, std::string_view json = "{}", Error error = {});
  // Waits until the client has hung up; false when it does not.
  bool wait_for_end();

 private:
  void send(const Buffer& packet, client::Channel channel = client::kNoChannel);
  bool receive(Buffer& packet);

  std::shared_ptr<Wire> wire_;
  Buffer first_;
};

using Script = std::function<void(DaemonEnd&)>;

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
