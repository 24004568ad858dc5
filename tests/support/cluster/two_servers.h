// SPDX-License-Identifier: Apache-2.0
// Figure 6: two real cardea-servers over one database, each with an address of its own and with the same
// secrets, as an administrator sets them up. For the tests of failover and their bench.
#pragma once

#include <array>
#include <string>

#include "tests/support/server/server_process.h"

namespace cardea::test {

class TwoServers {
 public:
  // `url` has parameters; an application_name is added, by which PostgreSQL tells the two apart: “server-0”,
  // “server-1”. Both listen when this returns.
  TwoServers(const std::string& url, const std::string& password_file);
  ServerProcess& operator[](std::size_t index) { return servers_.at(index); }
  static constexpr std::size_t kCount = 2;

 private:
  std::array<ServerProcess, kCount> servers_;
};

}  // namespace cardea::test
