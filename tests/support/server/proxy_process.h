// SPDX-License-Identifier: Apache-2.0
// Debian's nginx or HAProxy before a server, with the configuration that packaging/examples/proxy shows: only
// its addresses and files are exchanged. On loopback, with private files; ended with this object.
#pragma once

#include <cstdint>
#include <memory>

#include "tests/support/child_process.h"
#include "tests/support/server/server_process.h"
#include "tests/support/server/tls_connection.h"
#include "tests/support/temp_dir.h"

namespace cardea::test {

class ProxyProcess {
 public:
  ProxyProcess(ProxyProcess&&) = default;
  ProxyProcess& operator=(ProxyProcess&&) = delete;
  ~ProxyProcess();  // asks it to end: nginx that is killed leaves its workers behind
  // Both throw std::runtime_error with the program's words when it does not listen in time.
  static ProxyProcess nginx(const ServerProcess& server);
  static ProxyProcess haproxy(const ServerProcess& server);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string log() const { return process_->log_text(); }

 private:
  ProxyProcess() = default;
  void start(const std::vector<std::string>& command);
  std::unique_ptr<TempDir> directory_ = std::make_unique<TempDir>();
  std::uint16_t port_ = free_loopback_port();
  std::unique_ptr<test_support::ChildProcess> process_;
};

}  // namespace cardea::test
