// SPDX-License-Identifier: Apache-2.0
// What the tests of figure 6 have in common: traffic through two servers, something that happens to it, and
// the count when it is over.
#pragma once

#include <chrono>
#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cluster/traffic.h"

namespace cardea::test {

// Enough for each client to be in the middle of something.
inline constexpr std::size_t kSome = 60;

// The longest time without a yes from the moment on at which `happens` begins, in seconds. The number is what
// docs/guide/performance.md reports; a test fails at three times the goal, for machines are busy.
inline double silence_around(Traffic& traffic, const char* name, const std::function<void()>& happens,
                             std::optional<std::size_t> server = {}) {
  traffic.wait_for(kSome);
  const SteadyTime begin = std::chrono::steady_clock::now();
  happens();
  traffic.wait_for(kSome);
  const double seconds = traffic.ledger().longest_silence(begin, server).count();
  std::printf("%s: %.2f s without an acknowledged change\n", name, seconds);
  std::fflush(stdout);
  testing::Test::RecordProperty(name, std::to_string(seconds));
  return seconds;
}

// Nothing acknowledged is lost, nothing was answered twice in two ways, and both servers say the same.
inline void settle(Traffic& traffic, std::initializer_list<std::size_t> servers) {
  traffic.end();
  EXPECT_THAT(traffic.complaints(), testing::IsEmpty());
  for (const std::size_t server : servers)
    EXPECT_THAT(traffic.differences(server), testing::IsEmpty()) << "through server " << server;
}

}  // namespace cardea::test
