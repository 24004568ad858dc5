// SPDX-License-Identifier: Apache-2.0
// What libpam comes to for a stack when its modules answer this or that: the loop of libpam's pam_dispatch.c
// without calling anything. Where a module may answer several things, every combination is followed. Called
// by pam_check; compared with the real libpam by tests/integration/doctor.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "cli/doctor/pam_stack.h"

namespace cardea::cli::doctor {

// What this line's module may answer, at least one PAM number. A module whose file is missing answers
// PAM_MODULE_UNKNOWN: the caller knows the files.
using PamAnswers = std::function<std::vector<int>(const PamHandler& handler)>;

// Every result that pam_authenticate() or pam_acct_mgmt() may then have. The combinations are followed as a
// set of states of the loop, so their number is bounded by the length of the stack and not by its power.
std::set<int> simulate_pam(const std::vector<PamHandler>& handlers, const PamAnswers& answers);

}  // namespace cardea::cli::doctor
