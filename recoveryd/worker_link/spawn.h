// SPDX-License-Identifier: Apache-2.0
// Starting the worker's program with nothing but its socket. Used by supervisor.cpp.
#pragma once

#include <sys/types.h>

#include "recoveryd/worker_link/card_worker_process.h"

namespace cardea::worker {

// spawn_alone with `socket` as kWorkerSocket and the environment of the options.
Result<pid_t> spawn_worker(const WorkerOptions& options, int socket);

}  // namespace cardea::worker
