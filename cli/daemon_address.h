// SPDX-License-Identifier: Apache-2.0
// Where the daemon's socket is: --socket, or `socket` in the section [recoveryd] of the configuration, or the
// built-in path.
#pragma once

#include <string>

#include "cli/verbs.h"
#include "core/base/result.h"

namespace cardea::cli {

// A configuration that was not named on the command line may be missing or unreadable: it is the daemon's
// file. config_invalid, with a text to show, when a named one can't be read.
Result<std::string> daemon_socket(const GlobalOptions& options);

// The value of `socket` in [recoveryd] of an INI text; empty when there is none. Everything else is the
// daemon's business, who checks the whole file.
std::string socket_from_config(std::string_view text);

}  // namespace cardea::cli
