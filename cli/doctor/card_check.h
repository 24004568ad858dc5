// SPDX-License-Identifier: Apache-2.0
// The PKCS#11 modules that the configuration names, and the users' cards and access keys as the daemon knows
// them. Called from the table of checks.
#pragma once

#include "cli/doctor/facts.h"
#include "cli/doctor/finding.h"

namespace cardea::cli::doctor {

void check_modules(const Case& patient, Findings& findings);
void check_cards(const Case& patient, Findings& findings);

}  // namespace cardea::cli::doctor
