// SPDX-License-Identifier: Apache-2.0
// Honest clients of two servers at once: each registers users, logs in, puts records and has access keys
// issued, all signed. What fails is asked again at the other server under the same Idempotency-Key, as a
// client of figure 6 does, and what was acknowledged stands in the ledger. For the tests of failover and
// their bench.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/cluster/ledger.h"
#include "tests/support/cluster/two_servers.h"

namespace cardea::test {

class Traffic {
 public:
  explicit Traffic(TwoServers& servers) : servers_(servers) {}
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  ~Traffic() { end(); }

  void begin(unsigned clients_per_server = 3);
  // Until so many more changes were acknowledged; throws when that takes longer than two minutes.
  void wait_for(std::size_t more);
  void end();
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  // Clients that met what must never be, in words. Only after end().
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  // Reads everything in the ledger back through `server` and asks again for every answer that was given under
  // a key; what is missing or different, in words.
  std::vector<std::string> differences(std::size_t server);

 private:
  class Client;
  void complain(std::string what);

  TwoServers& servers_;
  Ledger ledger_;
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::vector<std::string> complaints_;
};

}  // namespace cardea::test
