// SPDX-License-Identifier: Apache-2.0
#include "core/login/lockout.h"

#include <algorithm>

namespace cardea::login {
namespace {

std::int64_t waiting_time(std::uint32_t failures) noexcept {
  if (failures < kFreeTries) return 0;
  std::int64_t wait = kFirstWaitSeconds;
  for (std::uint32_t i = kFreeTries; i < failures && wait < kLongestWaitSeconds; ++i)
    wait *= 2;
  return std::min(wait, kLongestWaitSeconds);
}

}  // namespace

std::int64_t wait_before_try(const ThrottleState& state, UnixSeconds now) noexcept {
  const std::int64_t wait = waiting_time(state.failures);
  if (wait == 0) return 0;
  if (now < state.last_try_at) return wait;
  return std::max<std::int64_t>(0, wait - (now - state.last_try_at));
}

ThrottleState begin_try(const ThrottleState& state, UnixSeconds now) noexcept {
  return {state.failures == UINT32_MAX ? state.failures : state.failures + 1, now};
}

}  // namespace cardea::login
