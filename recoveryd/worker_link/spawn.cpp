// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/worker_link/spawn.h"

#include "core/base/linux/spawn.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {
namespace {

static_assert(kWorkerSocket == kSpawnedSocket);

std::vector<std::string> arguments_of(const WorkerOptions& options) {
  std::vector<std::string> out = {options.program};
  for (const std::string& module : options.modules)
    out.insert(out.end(), {"--module", module});
  if (!options.user.empty()) out.insert(out.end(), {"--user", options.user});
  if (!options.opensc_conf.empty()) out.insert(out.end(), {"--opensc-conf", options.opensc_conf});
  return out;
}

}  // namespace

Result<pid_t> spawn_worker(const WorkerOptions& options, int socket) {
  return spawn_alone(arguments_of(options), options.environment, {.socket = socket});
}

}  // namespace cardea::worker
