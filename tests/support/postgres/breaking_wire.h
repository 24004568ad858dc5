// SPDX-License-Identifier: Apache-2.0
// Stands between a client and a PostgreSQL socket, and loses the connection at the one moment when a client
// can't know what became of its change: at COMMIT.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.h"

namespace cardea::test {

class BreakingWire {
 public:
  enum class Fault {
    none,
    before_commit,  // the server never sees it
    after_commit,   // the server has answered it, the client never sees that
    silence,        // nothing of it reaches anybody, and the connection stays open
  };
  // The socket of the server, as a directory for libpq's `host`.
  explicit BreakingWire(const std::string& server_directory);
  BreakingWire(const BreakingWire&) = delete;
  BreakingWire& operator=(const BreakingWire&) = delete;
  ~BreakingWire();

  [[nodiscard]] const std::string& socket_directory() const { return dir_.path(); }
  // Strikes the next COMMIT, once.
  void arm(Fault fault) { fault_ = fault; }
  [[nodiscard]] int struck() const { return struck_; }

 private:
  void accept_all();
  void carry(int client);
  // False when the connection is to be cut.
  bool pass_on(int from, int to, bool from_client);

  TempDir dir_;
  const std::string server_path_;
  int listener_ = -1;
  int stop_read_ = -1;
  int stop_write_ = -1;
  std::atomic<Fault> fault_{Fault::none};
  std::atomic<int> struck_{0};
  std::vector<std::thread> carriers_;  // of the accepting thread
  std::thread accepting_;
};

}  // namespace cardea::test
