// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/filter_rules.h"

#include <gtest/gtest.h>

namespace cardea::credprov {
namespace {

ProviderId provider(std::uint8_t number) {
  ProviderId id{};
  id[15] = number;
  return id;
}

const ProviderId kOwn = provider(1), kPassword = provider(2), kOther = provider(3);
const std::vector<ProviderId> kAll = {kPassword, kOwn, kOther};
const std::vector<bool> kEverybody = {true, true, true};

FilterSituation closed() {
  FilterSituation situation;
  situation.hide_others = true;
  situation.service_there = true;
  situation.own = kOwn;
  return situation;
}

TEST(FilterRules, HidesOthersWhenTheGateIsClosed) {
  EXPECT_EQ(remaining_providers(closed(), kAll, kEverybody), (std::vector<bool>{false, true, false}));
  FilterSituation unlock = closed();
  unlock.scenario = Scenario::unlock;
  EXPECT_EQ(remaining_providers(unlock, kAll, kEverybody), (std::vector<bool>{false, true, false}));
}

TEST(FilterRules, HidesNothingUnlessEverythingIsWell) {
  const auto stays_open = [](FilterSituation situation) {
    EXPECT_FALSE(gate_is_closed(situation));
    return remaining_providers(situation, kAll, kEverybody) == kEverybody;
  };
  EXPECT_TRUE(stays_open(FilterSituation{}));
  FilterSituation s = closed();
  s.hide_others = false;
  EXPECT_TRUE(stays_open(s));
  s = closed();
  s.disabled = true;
  EXPECT_TRUE(stays_open(s));
  s = closed();
  s.stood_down = true;
  EXPECT_TRUE(stays_open(s));
  s = closed();
  s.service_there = false;
  EXPECT_TRUE(stays_open(s));
  s = closed();
  s.safe_mode = true;
  EXPECT_TRUE(stays_open(s));
  s = closed();
  s.scenario = Scenario::change_password;
  EXPECT_TRUE(stays_open(s));
}

TEST(FilterRules, OfTheProgramsPromptsOnlyThatOfTheSecureDesktop) {
  FilterSituation s = closed();
  s.scenario = Scenario::credui;
  EXPECT_FALSE(gate_is_closed(s));
  s.credui_flags = 0x1000;
  EXPECT_TRUE(gate_is_closed(s));
  s.credui_flags = 0x1001;
  EXPECT_FALSE(gate_is_closed(s));
}

TEST(FilterRules, AllowListStaysAndNothingComesBack) {
  FilterSituation s = closed();
  s.allowed = {kOther};
  EXPECT_EQ(remaining_providers(s, kAll, kEverybody), (std::vector<bool>{false, true, true}));
  EXPECT_EQ(remaining_providers(s, kAll, {true, true, false}), (std::vector<bool>{false, true, false}));
}

TEST(FilterRules, NeverLeavesNobody) {
  const std::vector<bool> two = {true, true};
  EXPECT_EQ(remaining_providers(closed(), {kPassword, kOther}, two), two);  // ours is not there
  EXPECT_EQ(remaining_providers(closed(), {kPassword, kOwn}, {true, false}),
            (std::vector<bool>{true, false}));  // another filter took ours away
  EXPECT_EQ(remaining_providers(closed(), {}, {}), std::vector<bool>{});
  EXPECT_EQ(remaining_providers(closed(), kAll, two), two);
  FilterSituation only_allowed = closed();
  only_allowed.allowed = {kOther};
  EXPECT_EQ(remaining_providers(only_allowed, {kPassword, kOther}, two), two);
}

}  // namespace
}  // namespace cardea::credprov
