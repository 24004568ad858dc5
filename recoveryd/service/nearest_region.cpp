// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/nearest_region.h"

#include <algorithm>

#include "core/base/byte_io.h"
#include "upstream/server_choice.h"
#include "upstream/server_probe.h"

namespace cardea::recoveryd {
namespace {

using upstream::ServerChoice;

// The lowest of so many is the path's length; the others waited somewhere.
constexpr int kRequests = 3;

RegionTime measure(const Context& context, const std::string& region, const std::string& url) {
  const upstream::ServerProbe probe{.ca_file = context.settings.ca_file, .requests = kRequests};
  const auto millis = upstream::probe_server(url, probe, context.clock);
  return {region, millis.ok() ? std::optional(*millis) : std::nullopt};
}

}  // namespace

std::string nearest_region(const RegionTime& home, const std::vector<RegionTime>& others) {
  if (!home.millis) return home.region;
  const auto at_home = static_cast<double>(*home.millis);
  const RegionTime* nearest = &home;
  for (const RegionTime& other : others) {
    if (!other.millis || *other.millis >= *nearest->millis) continue;
    const auto there = static_cast<double>(*other.millis);
    if (there < at_home * ServerChoice::kHysteresis && at_home - there >= ServerChoice::kLeastGain)
      nearest = &other;
  }
  return nearest->region;
}

std::vector<upstream::OtherRegion> regions_to_measure(std::vector<upstream::OtherRegion> others,
                                                      Random& random) {
  const std::size_t count = std::min(others.size(), kMostMeasured);
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = random.array<4>();
    const std::size_t number = ByteReader(bytes).u32();
    std::swap(others[i], others[i + number % (others.size() - i)]);
  }
  others.resize(count);
  return others;
}

std::string measure_nearest_region(const Context& context, const std::string& home_url,
                                   const upstream::HomeRegion& home) {
  std::vector<RegionTime> others;
  for (const upstream::OtherRegion& other : regions_to_measure(home.others, context.random))
    others.push_back(measure(context, other.region, other.url));
  return nearest_region(measure(context, home.region, home_url), others);
}

}  // namespace cardea::recoveryd
