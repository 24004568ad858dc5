// SPDX-License-Identifier: Apache-2.0
// In which region a computer is, by times.
#include "recoveryd/service/nearest_region.h"

#include <gtest/gtest.h>

namespace cardea::recoveryd {
namespace {

TEST(NearestRegion, IsHomeUntilAnotherIsClearlyFaster) {
  EXPECT_EQ(nearest_region({"north", 40}, {}), "north");
  EXPECT_EQ(nearest_region({"north", 40}, {{"south", 40}}), "north");
  EXPECT_EQ(nearest_region({"north", 40}, {{"south", 32}}), "north");  // exactly 80 %
  EXPECT_EQ(nearest_region({"north", 40}, {{"south", 31}}), "south");
  EXPECT_EQ(nearest_region({"north", 6}, {{"south", 2}}), "north");  // 4 ms are nothing
  EXPECT_EQ(nearest_region({"north", 6}, {{"south", 1}}), "south");
}

TEST(NearestRegion, OfSeveralIsTheFastest) {
  EXPECT_EQ(nearest_region({"north", 90}, {{"south", 30}, {"west", 20}, {"east", 25}}), "west");
  EXPECT_EQ(nearest_region({"north", 90}, {{"west", 20}, {"south", 20}}), "west");
}

TEST(NearestRegion, IsHomeWhenNothingIsKnown) {
  EXPECT_EQ(nearest_region({"north", {}}, {{"south", 3}}), "north");
  EXPECT_EQ(nearest_region({"north", 90}, {{"south", {}}}), "north");
}

}  // namespace
}  // namespace cardea::recoveryd
