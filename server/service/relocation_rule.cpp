// SPDX-License-Identifier: Apache-2.0
#include "server/service/relocation_rule.h"

#include <map>

namespace cardea::server {

std::optional<std::string> region_to_propose(const RuleInput& input) {
  if (input.today < input.quiet_until || input.days.empty()) return {};
  const std::int64_t first = input.today - kRuleWindowDays + 1;
  // Who switched it on last week has no month to judge by.
  if (input.days.front().day > first) return {};
  std::map<std::string, std::size_t> active;
  std::size_t total = 0;
  const WorkDay* latest = nullptr;
  for (const WorkDay& day : input.days) {
    if (day.day < first || day.day > input.today) continue;
    ++active[day.region];
    ++total;
    latest = &day;
  }
  if (latest == nullptr || total < kRuleMinActiveDays || latest->region == input.home) return {};
  if (active[latest->region] * 100 < total * kRulePercent) return {};
  return latest->region;
}

}  // namespace cardea::server
