// SPDX-License-Identifier: Apache-2.0
// `cardea sheet suspend|reopen`: from any computer, without a daemon and without a password, the code of the
// recovery sheet suspends the owner's cards or opens his closed account.
#pragma once

#include "cli/verbs.h"

namespace cardea::cli {

int run_sheet_suspend(const Invocation& invocation);
int run_sheet_reopen(const Invocation& invocation);

}  // namespace cardea::cli
