// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/start_sentinel.h"

namespace cardea::credprov {

bool stands_down(SentinelStore& store, const Clock& clock) noexcept {
  if (store.starts_pending() < kMaxStartsPending) return false;
  const std::int64_t since = clock.now() - store.last_start();
  // A clock that was set back must not keep the provider out for years.
  return since >= 0 && since < kTryAgainSeconds;
}

bool begin_start(SentinelStore& store, const Clock& clock) noexcept {
  if (stands_down(store, clock)) return false;
  const std::uint32_t pending = store.starts_pending();
  store.store(pending < kMaxStartsPending ? pending + 1 : kMaxStartsPending, clock.now());
  return true;
}

void start_succeeded(SentinelStore& store, const Clock& clock) noexcept { store.store(0, clock.now()); }

}  // namespace cardea::credprov
