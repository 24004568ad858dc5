// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/nearest_region.h"

#include "recoveryd/upstream/server_probe.h"
#include "upstream/server_choice.h"

namespace cardea::recoveryd {
namespace {

using upstream::ServerChoice;

// The lowest of so many is the path's length; the others waited somewhere.
constexpr int kRequests = 3;

RegionTime measure(const Context& context, const std::string& region, const std::string& url) {
  const auto millis = probe_server(context, url, kRequests);
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

std::string measure_nearest_region(const Context& context, const std::string& home_url,
                                   const upstream::HomeRegion& home) {
  std::vector<RegionTime> others;
  for (const upstream::OtherRegion& other : home.others)
    others.push_back(measure(context, other.region, other.url));
  return nearest_region(measure(context, home.region, home_url), others);
}

}  // namespace cardea::recoveryd
