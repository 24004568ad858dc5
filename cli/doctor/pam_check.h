// SPDX-License-Identifier: Apache-2.0
// Every service in /etc/pam.d, played through for those who matter: the owner with and without his card,
// somebody who is not enrolled, the break-glass administrator with the daemon stopped. Called from the table
// of checks.
#pragma once

#include "cli/doctor/facts.h"
#include "cli/doctor/finding.h"

namespace cardea::cli::doctor {

void check_pam(const Case& patient, Findings& findings);

}  // namespace cardea::cli::doctor
