// SPDX-License-Identifier: Apache-2.0
// `guest list`: the daemon answers a page at a time, since a message of its has an end; all pages are one
// answer to the person and one object to a script.
#pragma once

#include "cli/verbs.h"

namespace cardea::cli {

int run_guest_list(const Invocation& invocation);

}  // namespace cardea::cli
