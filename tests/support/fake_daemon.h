// SPDX-License-Identifier: Apache-2.0
// A daemon that plays a script over a real SOCK_SEQPACKET socket, for tests of what talks to it: the PAM
// module and the card utility. Each connection runs one script in a thread of the fake; whatever clients sent
// is kept, so that a test can look for what must never have been sent. A script that was not run to its end
// fails the test.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/wire/local_messages.h"
#include "tests/support/temp_dir.h"

namespace cardea::test {

// Thrown inside scripts when the other side does not behave as written; fails the test and ends the
// connection.
struct ScriptError {
  std::string what;
};

struct Answered {
  wire::AnswerKind kind = wire::AnswerKind::refused;
  std::string text;    // what came in the message
  std::string secret;  // what came through the private channel
};

using Environment = std::vector<std::pair<std::string, std::string>>;

// The daemon's side of one connection.
class Conversation {
 public:
  explicit Conversation(int socket) : socket_(socket) {}
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation();

  // The next packet; empty at the end of the connection.
  std::vector<std::uint8_t> receive();
  wire::Begin begin();  // texts stay valid as long as the conversation
  wire::BeginOperation begin_operation();
  Answered ask(const wire::Ask& ask);
  void say(wire::SayLevel level, const std::string& line);
  void verdict(wire::Decision decision, Error error = Error{}, const std::string& user = {},
               const std::string& message = {}, const Environment& environment = {});
  void result(Error error, const std::string& message, const std::string& json);
  // Hands `content` through a private channel; the kind of the client's answer.
  wire::AnswerKind reveal(const std::string& purpose, const std::string& caption, const std::string& content,
                          std::uint8_t status = 0);
  // Any bytes with any number of descriptors; they stay the caller's.
  void send_raw(wire::Packet packet, const std::vector<int>& descriptors = {});
  // Waits until the client is gone; what it sends meanwhile is an error of the script.
  void wait_for_end();
  void close();
  const std::string& received() const { return received_; }

 private:
  Answered receive_answer(std::uint16_t ask_id, int private_end);

  int socket_;
  std::string received_;
  std::vector<std::vector<std::uint8_t>> packets_;
};

class FakeDaemon {
 public:
  using Script = std::function<void(Conversation&)>;
  // Runs the scripts one after the other, one for each connection. All must have been run at the end.
  explicit FakeDaemon(std::vector<Script> scripts) : FakeDaemon(std::move(scripts), false) {}
  // Runs the same script for every connection.
  static FakeDaemon every(Script script) { return FakeDaemon(std::vector{std::move(script)}, true); }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;
  ~FakeDaemon();

  [[nodiscard]] std::string socket_path() const { return directory_.file("daemon.sock"); }
  [[nodiscard]] std::string directory() const { return directory_.path(); }
  // Serves what is still waiting, stops, and returns everything that clients have sent over the socket (not
  // through private channels).
  const std::string& finish();
  // Waits until so many scripts have ended.
  void wait_for_scripts(std::size_t count);

 private:
  FakeDaemon(std::vector<Script> scripts, bool repeat);
  void listen_and_serve();
  void serve();
  void run_script(std::size_t number, int socket);

  TempDir directory_;
  std::vector<Script> scripts_;
  bool repeat_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::string received_;  // of the thread until it has been joined
  std::size_t connections_ = 0;
  std::mutex mutex_;
  std::condition_variable script_ended_;
  std::size_t scripts_ended_ = 0;
  std::thread thread_;
};

using Scripts = std::vector<FakeDaemon::Script>;

}  // namespace cardea::test
