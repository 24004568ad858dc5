// SPDX-License-Identifier: Apache-2.0
// `cardea records put`: makes the record here, so that its text goes to the card worker and not through the
// daemon.
#pragma once

#include "cli/verbs.h"

namespace cardea::cli {

int run_records_put(const Invocation& invocation);

}  // namespace cardea::cli
