// SPDX-License-Identifier: Apache-2.0
// In which region this computer is today (docs/spec/relocation.md, "Days"): the one whose server answers
// clearly faster than that of the home region. Asked at the check-in, and only of users who want their days
// recorded.
#pragma once

#include "recoveryd/context.h"
#include "upstream/region_calls.h"

namespace cardea::recoveryd {

struct RegionTime {
  std::string region;
  std::optional<MonotonicMillis> millis;  // empty: it did not answer
};

// "Clearly" as in upstream/server_choice.h. Home when it did not answer itself: then nothing is known.
std::string nearest_region(const RegionTime& home, const std::vector<RegionTime>& others);

// Asks the server at `home_url` and one of each other region. Seconds, where regions do not answer.
std::string measure_nearest_region(const Context& context, const std::string& home_url,
                                   const upstream::HomeRegion& home);

}  // namespace cardea::recoveryd
