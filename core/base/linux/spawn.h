// SPDX-License-Identifier: Apache-2.0
// Starting another program with nothing of ours: recoveryd its card worker, and the command of an
// administrator.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/result.h"

namespace cardea {

inline constexpr int kSpawnedSocket = 3;

// The child has /dev/null as descriptors 0 and 1, our standard error, `socket` (if not negative; it stays the
// caller's) as kSpawnedSocket and no other descriptor, no blocked or ignored signals, a process group of its
// own (a Ctrl-C on our terminal is not its), and exactly this environment ("NAME=value"). arguments[0] is the
// program's path. The caller awaits it. Error::io_failed.
Result<pid_t> spawn_alone(std::vector<std::string> arguments, std::vector<std::string> environment,
                          int socket = -1);

}  // namespace cardea
