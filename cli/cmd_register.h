// SPDX-License-Identifier: Apache-2.0
// `cardea register`: one group of the recovery sheet is asked back, unless a script says that it keeps the
// code by itself, with the line sheet-confirm=no-check.
#pragma once

#include "cli/verbs.h"

namespace cardea::cli {

int run_register(const Invocation& invocation);

}  // namespace cardea::cli
