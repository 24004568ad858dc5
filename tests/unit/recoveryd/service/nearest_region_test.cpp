// SPDX-License-Identifier: Apache-2.0
// In which region a computer is, by times.
#include "recoveryd/service/nearest_region.h"

#include <map>
#include <set>

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

std::vector<upstream::OtherRegion> regions(int count) {
  std::vector<upstream::OtherRegion> out;
  for (int i = 0; i < count; ++i)
    out.push_back({"r" + std::to_string(i), "https://r" + std::to_string(i) + ".example"});
  return out;
}

TEST(RegionsToMeasure, AreAllOfAFew) {
  SystemRandom random;
  for (const int count : {0, 1, 8}) {
    std::set<std::string> names;
    for (const upstream::OtherRegion& one : regions_to_measure(regions(count), random)) {
      EXPECT_EQ(one.url, "https://" + one.region + ".example");
      names.insert(one.region);
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
  }
}

// A list of 64 would make of each check-in 192 requests, to whom the server says.
TEST(RegionsToMeasure, AreEightOfManyWhoeverIsFirstInTheList) {
  SystemRandom random;
  std::map<std::string, int> asked;
  for (int round = 0; round < 400; ++round) {
    const auto drawn = regions_to_measure(regions(16), random);
    ASSERT_EQ(drawn.size(), kMostMeasured);
    std::set<std::string> once;
    for (const upstream::OtherRegion& one : drawn) {
      once.insert(one.region);
      ++asked[one.region];
    }
    ASSERT_EQ(once.size(), kMostMeasured);
  }
  // Each 200 times, give or take eight standard deviations of 10.
  EXPECT_EQ(asked.size(), 16u);
  for (const auto& [name, times] : asked)
    EXPECT_NEAR(times, 200, 80) << name;
}

}  // namespace
}  // namespace cardea::recoveryd
