// SPDX-License-Identifier: Apache-2.0
// The clock, and the users' servers as the daemon and this utility reach them. Called from the table of
// checks.
#pragma once

#include "cli/doctor/facts.h"
#include "cli/doctor/finding.h"

namespace cardea::cli::doctor {

void check_clock(const Case& patient, Findings& findings);
void check_servers(const Case& patient, Findings& findings);

}  // namespace cardea::cli::doctor
