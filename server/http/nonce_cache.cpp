// SPDX-License-Identifier: Apache-2.0
#include "server/http/nonce_cache.h"

namespace cardea::server::http {

NonceCache::Verdict NonceCache::add(const Digest& nonce, UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  // A clock that goes back begins no new period: what was seen stays seen.
  if (now - period_start_ >= kRetention) {
    const bool long_ago = now - period_start_ >= 2 * kRetention;
    previous_ = long_ago ? Set{} : std::move(current_);
    current_ = Set{};
    period_start_ = now;
  }
  if (previous_.contains(nonce)) return Verdict::seen;
  if (current_.size() >= kMaxPerPeriod) return Verdict::full;
  return current_.insert(nonce).second ? Verdict::fresh : Verdict::seen;
}

}  // namespace cardea::server::http
