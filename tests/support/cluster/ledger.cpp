// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cluster/ledger.h"

#include <algorithm>

namespace cardea::test {

LedgerPage& Ledger::new_page() {
  const std::lock_guard lock(mutex_);
  return *pages_.emplace_back(std::make_unique<LedgerPage>());
}

void Ledger::acknowledged(std::size_t server) {
  const std::lock_guard lock(mutex_);
  yeses_.push_back({std::chrono::steady_clock::now(), server});
}

std::size_t Ledger::count() const {
  const std::lock_guard lock(mutex_);
  return yeses_.size();
}

std::chrono::duration<double> Ledger::longest_silence(SteadyTime since,
                                                      std::optional<std::size_t> server) const {
  const std::lock_guard lock(mutex_);
  std::chrono::duration<double> longest{0};
  SteadyTime last = since;
  for (const Yes& yes : yeses_) {
    if (yes.when < since || (server && yes.server != *server)) continue;
    longest = std::max(longest, std::chrono::duration<double>(yes.when - last));
    last = yes.when;
  }
  return longest;
}

}  // namespace cardea::test
