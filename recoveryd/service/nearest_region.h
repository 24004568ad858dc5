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

// So many of the other regions are asked at one check-in.
inline constexpr std::size_t kMostMeasured = 8;

// Those to ask, in the order of asking: drawn anew each time. The server that made the list says neither who
// is left out nor who is first of two that are equally near.
std::vector<upstream::OtherRegion> regions_to_measure(std::vector<upstream::OtherRegion> others,
                                                      Random& random);

// Asks the server at `home_url` and one of each of regions_to_measure(). Seconds, where regions do not
// answer.
std::string measure_nearest_region(const Context& context, const std::string& home_url,
                                   const upstream::HomeRegion& home);

}  // namespace cardea::recoveryd
