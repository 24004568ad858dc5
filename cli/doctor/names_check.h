// SPDX-License-Identifier: Apache-2.0
// The name service: whether libnss_cardea is asked, in the right order, and its database. Called from the
// table of checks.
#pragma once

#include "cli/doctor/facts.h"
#include "cli/doctor/finding.h"

namespace cardea::cli::doctor {

void check_names(const Case& patient, Findings& findings);

}  // namespace cardea::cli::doctor
