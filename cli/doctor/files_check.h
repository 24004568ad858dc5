// SPDX-License-Identifier: Apache-2.0
// Owners and modes of Cardea's own files: what the daemon would refuse, said before it does. Called from the
// table of checks.
#pragma once

#include "cli/doctor/facts.h"
#include "cli/doctor/finding.h"

namespace cardea::cli::doctor {

void check_files(const Case& patient, Findings& findings);

}  // namespace cardea::cli::doctor
