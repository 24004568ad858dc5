// SPDX-License-Identifier: Apache-2.0
// The table of everything the doctor looks at, in the order in which it is told. A new topic is a function
// and a row here. Called by cmd_doctor; tests call single rows by name.
#pragma once

#include <span>

#include "cli/doctor/facts.h"
#include "cli/doctor/finding.h"

namespace cardea::cli::doctor {

struct Check {
  const char* name;  // for scripts; never changes
  const char* fine;  // what is said when it has nothing to tell
  void (*run)(const Case& patient, Findings& findings);
};

std::span<const Check> all_checks();

// Every row. A check that has nothing to tell gets its `fine` line.
void run_checks(const Case& patient, Findings& findings);

}  // namespace cardea::cli::doctor
