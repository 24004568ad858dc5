// SPDX-License-Identifier: Apache-2.0
// `cardea admin`: hands everything over to cardea-server-admin, which the server's package brings. The
// utility links nothing of the server.
#pragma once

#include "cli/verbs.h"

namespace cardea::cli {

// Ends only when the other program can't be started.
int run_admin(const Invocation& invocation);

}  // namespace cardea::cli
