// SPDX-License-Identifier: Apache-2.0
// Which credential providers remain at the logon screen: a pure function, so that the one rule that counts
// can be shown. Nobody is left without a provider, and nothing is hidden unless ours works
// (docs/decisions/0049-credential-provider.md).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "credprov/model/scenario.h"

namespace cardea::credprov {

using ProviderId = std::array<std::uint8_t, 16>;  // a CLSID, as it lies in memory

struct FilterSituation {
  Scenario scenario = Scenario::logon;
  std::uint32_t credui_flags = 0;  // CREDUIWIN_*, of scenario credui
  bool hide_others = false;        // HideOtherProviders
  bool disabled = false;           // the kill switch
  bool stood_down = false;         // by the start-up sentinel
  bool service_there = false;      // the daemon's pipe exists
  bool safe_mode = false;
  ProviderId own{};
  std::vector<ProviderId> allowed;  // AllowedProviders
};

// Whether others are hidden at all: then a remote buffer goes through our tile, too.
bool gate_is_closed(const FilterSituation& situation) noexcept;

// For each provider whether it stays. `allow` says which are there before: one that another filter has taken
// away does not come back.
std::vector<bool> remaining_providers(const FilterSituation& situation,
                                      const std::vector<ProviderId>& providers,
                                      const std::vector<bool>& allow);

}  // namespace cardea::credprov
