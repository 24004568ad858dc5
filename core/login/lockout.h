// SPDX-License-Identifier: Apache-2.0
// How fast access keys may be tried: 5 free, then 30 s, doubling to 1 h, per computer and user
// (docs/spec/login.md, "Wrong access keys"). Pure arithmetic; recoveryd/state/throttle_store makes each step
// durable *before* the key is looked at, so that a crash, a restart or a power cut never gives a try back.
#pragma once

#include <cstdint>

#include "core/base/clock.h"

namespace cardea::login {

inline constexpr std::uint32_t kFreeTries = 5;
inline constexpr std::int64_t kFirstWaitSeconds = 30;
inline constexpr std::int64_t kLongestWaitSeconds = 3600;

struct ThrottleState {
  std::uint32_t failures = 0;   // tries since the last success; saturates
  UnixSeconds last_try_at = 0;  // wall clock
};

// Seconds that must pass before the next try may be made; 0 = now. A clock that was turned back can only make
// the wait longer, never longer than one full waiting time.
[[nodiscard]] std::int64_t wait_before_try(const ThrottleState& state, UnixSeconds now) noexcept;
// The state to write before a try is looked at: it counts as failed until the key has proved right.
[[nodiscard]] ThrottleState begin_try(const ThrottleState& state, UnixSeconds now) noexcept;

}  // namespace cardea::login
