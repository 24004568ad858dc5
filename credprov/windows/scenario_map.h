// SPDX-License-Identifier: Apache-2.0
// Windows' scenarios in our words.
#pragma once

#include <optional>

#include "credprov/model/scenario.h"
#include "credprov/windows/credential_provider_abi.h"

namespace cardea::credprov {

// Empty for those that we don't serve: networks before logon (PLAP), and what comes after this header.
inline std::optional<Scenario> scenario_of(CREDENTIAL_PROVIDER_USAGE_SCENARIO scenario) noexcept {
  switch (scenario) {
    case CPUS_LOGON:
      return Scenario::logon;
    case CPUS_UNLOCK_WORKSTATION:
      return Scenario::unlock;
    case CPUS_CREDUI:
      return Scenario::credui;
    case CPUS_CHANGE_PASSWORD:
      return Scenario::change_password;
    default:
      return std::nullopt;
  }
}

}  // namespace cardea::credprov
