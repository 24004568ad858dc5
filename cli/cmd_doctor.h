// SPDX-License-Identifier: Apache-2.0
// `cardea doctor`: gathers what the checks of cli/doctor look at, runs them, and tells what they found. Exit
// code 0 when nothing needs mending, 1 when something does (docs/decisions/0028).
#pragma once

#include "cli/verbs.h"

namespace cardea::cli {

int run_doctor(const Invocation& invocation);

}  // namespace cardea::cli
