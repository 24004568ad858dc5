// SPDX-License-Identifier: Apache-2.0
// When a user should move (docs/spec/relocation.md, "The rule"). No clock, no store: relocation_service
// brings both.
#pragma once

#include "server/store/regions.h"

namespace cardea::server {

inline constexpr std::int64_t kSecondsPerDay = 24 * 3600;
inline constexpr std::int64_t kRuleWindowDays = 30;
inline constexpr std::size_t kRuleMinActiveDays = 10;
inline constexpr std::size_t kRulePercent = 80;
// After a move or a refusal.
inline constexpr std::int64_t kQuietDays = 30;

struct RuleInput {
  std::vector<WorkDay> days;  // ascending, one a day; older ones than the window are needed, too
  std::string home;
  std::int64_t today = 0;
  std::int64_t quiet_until = 0;  // a day
};

// The region to propose, or nothing: he stays.
std::optional<std::string> region_to_propose(const RuleInput& input);

}  // namespace cardea::server
