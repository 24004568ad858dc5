// SPDX-License-Identifier: Apache-2.0
// The daemon, its configuration, the reader service and who may use it. Called from the table of checks.
#pragma once

#include "cli/doctor/facts.h"
#include "cli/doctor/finding.h"

namespace cardea::cli::doctor {

void check_daemon(const Case& patient, Findings& findings);
void check_readers(const Case& patient, Findings& findings);

}  // namespace cardea::cli::doctor
