// SPDX-License-Identifier: Apache-2.0
#include "credprov/model/filter_rules.h"

#include <algorithm>

namespace cardea::credprov {
namespace {

// wincred.h: a prompt for some other system's password, and a prompt on the secure desktop (UAC).
constexpr std::uint32_t kCredUiGeneric = 0x1;
constexpr std::uint32_t kCredUiSecurePrompt = 0x1000;

bool guards(const FilterSituation& situation) noexcept {
  switch (situation.scenario) {
    case Scenario::logon:
    case Scenario::unlock:
      return true;
    case Scenario::credui:  // the password that a program wants for another computer is not ours to withhold
      return (situation.credui_flags & kCredUiSecurePrompt) != 0 &&
             (situation.credui_flags & kCredUiGeneric) == 0;
    case Scenario::change_password:
      return false;
  }
  return false;
}

}  // namespace

bool gate_is_closed(const FilterSituation& situation) noexcept {
  const bool healthy = !situation.disabled && !situation.stood_down && situation.service_there;
  return situation.hide_others && healthy && !situation.safe_mode && guards(situation);
}

std::vector<bool> remaining_providers(const FilterSituation& situation,
                                      const std::vector<ProviderId>& providers,
                                      const std::vector<bool>& allow) {
  if (!gate_is_closed(situation) || allow.size() != providers.size()) return allow;
  std::vector<bool> remaining(allow.size(), false);
  bool own_there = false;
  for (std::size_t i = 0; i < providers.size(); ++i) {
    const bool own = providers[i] == situation.own;
    own_there = own_there || (own && allow[i]);
    remaining[i] =
        allow[i] && (own || std::ranges::find(situation.allowed, providers[i]) != situation.allowed.end());
  }
  return own_there ? remaining : allow;
}

}  // namespace cardea::credprov
