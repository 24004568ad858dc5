// SPDX-License-Identifier: Apache-2.0
// Secure mode, its rehearsals, and the way in for the day on which nothing else works. Called from the table
// of checks.
#pragma once

#include "cli/doctor/facts.h"
#include "cli/doctor/finding.h"

namespace cardea::cli::doctor {

void check_gate(const Case& patient, Findings& findings);
void check_tpm(const Case& patient, Findings& findings);

}  // namespace cardea::cli::doctor
