// SPDX-License-Identifier: Apache-2.0
// Three real cardea-servers with one set of secrets and a signed list of themselves, each behind a proxy that
// makes it slow or dead. Their stores are their own: for tests of how a client chooses, not of what it finds.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "tests/support/server/server_process.h"
#include "tests/support/server/slow_proxy.h"

namespace cardea::test {

class ListedServers {
 public:
  static constexpr std::size_t kCount = 3;

  // The first is in the region “north”, the others are in the “south”.
  explicit ListedServers(std::uint64_t version = 1);
  // Milliseconds that a request needs to each of them.
  void set_delays(int first, int second, int third);
  // PEM of all their authorities.
  [[nodiscard]] std::string ca_file() const { return dir_.file("authorities.pem"); }

  std::array<SlowProxy, kCount> proxies;
  std::array<std::unique_ptr<ServerProcess>, kCount> servers;

 private:
  void share_secrets(const ServerProcess& with) const;
  TempDir dir_;
};

}  // namespace cardea::test
