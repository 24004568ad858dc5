// SPDX-License-Identifier: Apache-2.0
// What servers have said yes to, and when: written by the clients of traffic.h, read when the dust has
// settled. All calls are thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/server/test_user.h"

namespace cardea::test {

using SteadyTime = std::chrono::steady_clock::time_point;

// One user's part; its client alone writes it. The user's own way to a server has ended with the client.
struct LedgerPage {
  std::unique_ptr<TestUser> user;
  std::string registered;                      // the answer to the registration
  std::string registration_key;                // its Idempotency-Key
  std::optional<api::Json> registration_body;  // to ask for the answer again
  std::map<std::string, Bytes> records;        // id and envelope
  std::map<std::string, std::string> issued;   // Idempotency-Key and answer
};

class Ledger {
 public:
  LedgerPage& new_page();
  // A change was acknowledged now by this server.
  void acknowledged(std::size_t server);
  [[nodiscard]] std::size_t count() const;
  // The longest time from `since` on in which `server`, or anybody, said yes to nothing; up to the last yes.
  [[nodiscard]] std::chrono::duration<double> longest_silence(SteadyTime since,
                                                              std::optional<std::size_t> server = {}) const;
  // Only when no client is at work.
  [[nodiscard]] const std::vector<std::unique_ptr<LedgerPage>>& pages() const { return pages_; }

 private:
  struct Yes {
    SteadyTime when;
    std::size_t server;
  };
  mutable std::mutex mutex_;
  std::vector<Yes> yeses_;
  std::vector<std::unique_ptr<LedgerPage>> pages_;
};

}  // namespace cardea::test
