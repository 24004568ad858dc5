// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/kept_access_keys.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace cardea::recoveryd {
namespace {

class KeptKeys : public testing::Test {
 protected:
  KeptKeys() { keys_.keep("ana", 3, k0_, true, 1'000); }
  SystemRandom random_;
  const access_key::AccessKey k0_ = random_.secret<access_key::kAccessKeySize>();
  KeptAccessKeys keys_;
};

TEST_F(KeptKeys, ServeOneUserForAReplacementForAQuarterOfAnHour) {
  const auto root = keys_.root_for_replacement("ana", 1'000 + kJustCameInMillis - 1);
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->generation, 3U);
  EXPECT_TRUE(root->k0 == k0_);
  EXPECT_FALSE(keys_.root_for_replacement("ana", 1'000 + kJustCameInMillis).has_value());
  EXPECT_FALSE(keys_.root_for_replacement("bea", 1'000).has_value());
}

TEST_F(KeptKeys, ServeTheNextGenerationForADay) {
  EXPECT_TRUE(keys_.root("ana", 1'000 + kLongestKeptMillis - 1).has_value());
  EXPECT_FALSE(keys_.root("ana", 1'000 + kLongestKeptMillis).has_value());
  EXPECT_FALSE(keys_.root("ana", 1'000).has_value()) << "it is gone, not hidden";
}

TEST_F(KeptKeys, AfterTheServerHasSeenItNoReplacementButTheNextGeneration) {
  keys_.no_more_replacement("ana");
  EXPECT_FALSE(keys_.root_for_replacement("ana", 1'001).has_value());
  EXPECT_TRUE(keys_.root("ana", 1'001).has_value());
  EXPECT_EQ(keys_.still_waiting("ana", 1'001), 0);
  EXPECT_FALSE(keys_.next_end(1'001).has_value());
}

TEST_F(KeptKeys, AreForgotten) {
  keys_.forget("ana");
  EXPECT_FALSE(keys_.root("ana", 1'001).has_value());
  keys_.forget("ana");
  keys_.no_more_replacement("bea");
}

TEST_F(KeptKeys, TheHousekeeperComesBackWhenTheFirstWaitEnds) {
  keys_.keep("bea", 1, k0_, true, 5'000);
  EXPECT_EQ(keys_.next_end(6'000), kJustCameInMillis - 5'000);
  EXPECT_EQ(keys_.next_end(1'000 + kJustCameInMillis), 4'000);
  EXPECT_FALSE(keys_.next_end(5'000 + kJustCameInMillis).has_value());
}

TEST_F(KeptKeys, ALaterKeyTakesThePlaceOfAnEarlierOne) {
  keys_.keep("ana", 4, random_.secret<access_key::kAccessKeySize>(), false, 2'000);
  EXPECT_EQ(keys_.root("ana", 2'001)->generation, 4U);
  EXPECT_FALSE(keys_.root_for_replacement("ana", 2'001).has_value());
}

}  // namespace
}  // namespace cardea::recoveryd
