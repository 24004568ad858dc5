// SPDX-License-Identifier: Apache-2.0
// The nonces of the last 600 s: a request signature is accepted once. Kept in memory, refilled at start from
// the store, which remembers each before any change that follows it. Called by authenticator.
#pragma once

#include <cstring>
#include <mutex>
#include <unordered_set>

#include "server/store/types.h"

namespace cardea::server::http {

class NonceCache {
 public:
  // A request may be as old as this and as far ahead as this; a nonce is kept for both together.
  static constexpr std::int64_t kMaxSkew = 300;
  static constexpr std::int64_t kRetention = 2 * kMaxSkew;

  enum class Verdict { fresh, seen, full };
  Verdict add(const Digest& nonce, UnixSeconds now);

 private:
  // Only valid signatures get here, so the bound is reached by our own clients or not at all.
  static constexpr std::size_t kMaxPerPeriod = 2'000'000;
  struct Hash {
    std::size_t operator()(const Digest& digest) const noexcept {
      std::size_t value = 0;
      std::memcpy(&value, digest.data(), sizeof value);
      return value;
    }
  };
  using Set = std::unordered_set<Digest, Hash>;
  std::mutex mutex_;
  // Two periods: an entry lives in memory for one to two times the retention.
  Set current_;
  Set previous_;
  UnixSeconds period_start_ = 0;
};

}  // namespace cardea::server::http
