// SPDX-License-Identifier: Apache-2.0
// Waiting for something another process does: asks again every few milliseconds until a deadline. For
// conditions that nobody signals; never to let time pass.
#pragma once

#include <chrono>
#include <thread>

namespace cardea::test_support {

using std::chrono::milliseconds;

inline constexpr milliseconds kPatience{10'000};  // a busy machine with two cores

// False when `condition` did not become true in time.
template <typename Condition>
[[nodiscard]] bool wait_until(Condition condition, milliseconds patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

}  // namespace cardea::test_support
