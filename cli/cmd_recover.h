// SPDX-License-Identifier: Apache-2.0
// `cardea recover`: from any computer, without a daemon, the owner proves password and answer to the server
// and gets the access key of his locked computer.
#pragma once

#include "cli/verbs.h"

namespace cardea::cli {

int run_recover(const Invocation& invocation);

}  // namespace cardea::cli
