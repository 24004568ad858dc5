// SPDX-License-Identifier: Apache-2.0
// The verbs of the gate that are more than one operation: `gate on --confirm`, and the rehearsal, in which
// this utility logs in through PAM while the daemon watches what comes of it.
#pragma once

#include "cli/verbs.h"

namespace cardea::cli {

int run_gate_on(const Invocation& invocation);
int run_gate_rehearse(const Invocation& invocation);

}  // namespace cardea::cli
