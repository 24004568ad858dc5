// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/connection_limits.h"

#include <gtest/gtest.h>

namespace cardea::recoveryd {
namespace {

// /etc/subuid gives every ordinary user 65,536 uids of his own; a silent connection of each keeps its place
// for 5 s.
TEST(ConnectionLimits, AUserWithManyUidsLeavesRoomForLoginPrograms) {
  ConnectionLimits limits;
  std::size_t admitted = 0;
  for (uid_t uid = 100'000; uid < 100'100; ++uid) {
    for (std::size_t i = 0; i <= kMaxConnectionsOfOneUser; ++i)
      admitted += limits.admit(uid) ? 1U : 0U;
  }
  EXPECT_EQ(admitted, kMaxConnections - kReservedForRoot);
  for (std::size_t i = 0; i < kReservedForRoot; ++i)
    EXPECT_TRUE(limits.admit(0)) << i;
  EXPECT_FALSE(limits.admit(0));
}

TEST(ConnectionLimits, AReleasedPlaceIsFreeAgain) {
  ConnectionLimits limits;
  for (std::size_t i = 0; i < kMaxConnectionsOfOneUser; ++i)
    ASSERT_TRUE(limits.admit(1000));
  EXPECT_FALSE(limits.admit(1000));
  EXPECT_TRUE(limits.admit(1001));
  limits.release(1000);
  EXPECT_TRUE(limits.admit(1000));
}

}  // namespace
}  // namespace cardea::recoveryd
