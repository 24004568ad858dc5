// SPDX-License-Identifier: Apache-2.0
// Ninety days of people who travel, and when each is asked.
#include "server/service/relocation_rule.h"

#include <gtest/gtest.h>

namespace cardea::server {
namespace {

constexpr std::int64_t kFirstDay = 20'000;

// One letter a day: n(orth, home), s(outh), w(est), '.' not active.
RuleInput days(const std::string& plan) {
  RuleInput input;
  input.home = "north";
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const std::int64_t day = kFirstDay + static_cast<std::int64_t>(i);
    if (plan[i] == 'n') input.days.push_back({day, "north"});
    if (plan[i] == 's') input.days.push_back({day, "south"});
    if (plan[i] == 'w') input.days.push_back({day, "west"});
    input.today = day;
  }
  return input;
}

std::string repeat(const std::string& week, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += week;
  return out;
}

// The first of the plan's days on which he would be asked, -1 for never.
int asked_on(const std::string& plan) {
  for (std::size_t day = 0; day < plan.size(); ++day) {
    if (region_to_propose(days(plan.substr(0, day + 1)))) return static_cast<int>(day);
  }
  return -1;
}

TEST(RelocationRule, WhoStaysAtHomeIsNeverAsked) { EXPECT_EQ(asked_on(repeat("nnnnn..", 13)), -1); }

TEST(RelocationRule, AMonthElsewhereIsAsked) {
  // At home for 30 days, then away: the share of the last 30 days reaches 80 % with the 24th day.
  EXPECT_EQ(asked_on(repeat("n", 30) + repeat("s", 60)), 53);
  EXPECT_EQ(region_to_propose(days(repeat("n", 30) + repeat("s", 24))), "south");
  // Working days only: three weeks and a half of 22 active days.
  const int asked = asked_on(repeat("nnnnn..", 4) + repeat("sssss..", 9));
  EXPECT_GE(asked, 28 + 23);
  EXPECT_LE(asked, 28 + 30);
}

TEST(RelocationRule, AHolidayOfThreeWeeksIsNot) {
  EXPECT_EQ(asked_on(repeat("n", 30) + repeat("s", 21) + repeat("n", 39)), -1);
}

TEST(RelocationRule, ACommuterIsNot) { EXPECT_EQ(asked_on(repeat("nnnssss", 13)), -1); }

TEST(RelocationRule, TwoRegionsThatShareHimAreNot) { EXPECT_EQ(asked_on(repeat("ssssww", 15)), -1); }

TEST(RelocationRule, OneWithFewDaysIsNot) {
  EXPECT_EQ(asked_on(repeat("s....", 18)), -1);  // six days in a month
  EXPECT_GE(asked_on(repeat("s..", 30)), 29);    // ten
}

TEST(RelocationRule, NotBeforeAMonthWasSeen) {
  EXPECT_EQ(asked_on(repeat("s", 90)), 29);
  EXPECT_EQ(asked_on(repeat("s", 29)), -1);
}

TEST(RelocationRule, WhoIsHomeAgainIsNot) {
  EXPECT_FALSE(region_to_propose(days(repeat("s", 40) + "n")));
  EXPECT_EQ(region_to_propose(days(repeat("s", 40) + ".")), "south");
}

TEST(RelocationRule, NotDuringTheQuietDays) {
  RuleInput input = days(repeat("s", 60));
  input.quiet_until = input.today + 1;
  EXPECT_FALSE(region_to_propose(input));
  input.quiet_until = input.today;
  EXPECT_EQ(region_to_propose(input), "south");
}

TEST(RelocationRule, ExactlyEightyPercent) {
  EXPECT_EQ(region_to_propose(days(repeat("n", 6) + repeat("s", 24))), "south");
  EXPECT_FALSE(region_to_propose(days(repeat("n", 7) + repeat("s", 23))));
}

TEST(RelocationRule, NothingIsKnownOfSomebodyWithoutDays) { EXPECT_FALSE(region_to_propose(days(""))); }

}  // namespace
}  // namespace cardea::server
