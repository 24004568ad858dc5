// SPDX-License-Identifier: Apache-2.0
// A server that ours is measured against: Debian's program with a configuration, a directory and a loopback
// port of its own. Base of Nginx and Slapd. Ends with the object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/server/tls_connection.h"
#include "tests/support/temp_dir.h"

namespace cardea::bench {

class PeerProcess {
 public:
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] pid_t pid() const noexcept { return process_->pid(); }

 protected:
  PeerProcess() = default;
  ~PeerProcess();  // asks it to end, because one that is killed would leave its own children behind
  // Starts what stays in the foreground, and returns when port() takes connections. Throws std::runtime_error
  // with the program's words when it ends before.
  void start(const std::vector<std::string>& command, const test_support::Environment& environment = {});
  [[nodiscard]] const std::string& root() const noexcept { return directory_.path(); }

 private:
  test::TempDir directory_;
  std::uint16_t port_ = test::free_loopback_port();
  std::optional<test_support::ChildProcess> process_;
};

}  // namespace cardea::bench
