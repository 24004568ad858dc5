// SPDX-License-Identifier: Apache-2.0
// Starting another program with nothing of ours: recoveryd its card worker, linux/hook the command of an
// administrator.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/result.h"

namespace cardea {

inline constexpr int kSpawnedSocket = 3;

// What the child gets of the caller's descriptors, which stay his.
struct SpawnedFiles {
  int socket = -1;  // as kSpawnedSocket
  int input = -1;   // as standard input, instead of /dev/null
  int error = -1;   // as standard error, instead of ours
};

// The child has these descriptors, /dev/null as standard output and no other, no blocked or ignored signals,
// a process group of its own (a Ctrl-C on our terminal is not its), and exactly this environment
// ("NAME=value"). arguments[0] is the program's path. The caller awaits it. Error::io_failed.
Result<pid_t> spawn_alone(std::vector<std::string> arguments, std::vector<std::string> environment,
                          const SpawnedFiles& files = {});

}  // namespace cardea
