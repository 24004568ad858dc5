// SPDX-License-Identifier: Apache-2.0
// `cardea completion SHELL`: the completion script of a shell, made from the tree of verbs.
#pragma once

#include <string>
#include <string_view>

#include "cli/verbs.h"

namespace cardea::cli {

int run_completion(const Invocation& invocation);

// The script for bash, zsh or fish; empty for any other shell.
std::string completion_script(std::string_view shell);

}  // namespace cardea::cli
