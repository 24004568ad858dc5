// SPDX-License-Identifier: Apache-2.0
// The real cardea-server as a child of the test: its own directory, database, secrets and certificate, on
// loopback and a port of the system's choice.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/temp_dir.h"

namespace cardea::upstream {

class ServerProcess {
 public:
  // Returns when the server listens; throws when it does not within 30 s.
  explicit ServerProcess(const std::string& program);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::string ca_file() const { return directory_.file("ca.pem"); }

 private:
  void write_config() const;
  void start();
  test::TempDir directory_;
  std::string program_;
  std::string url_;
  pid_t pid_ = -1;
};

}  // namespace cardea::upstream
