// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/worker_link/spawn.h"

#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "core/base/unique_handle.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts)
    out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> arguments_of(const WorkerOptions& options) {
  std::vector<std::string> out = {options.program};
  for (const std::string& module : options.modules)
    out.insert(out.end(), {"--module", module});
  if (!options.user.empty()) out.insert(out.end(), {"--user", options.user});
  if (!options.opensc_conf.empty()) out.insert(out.end(), {"--opensc-conf", options.opensc_conf});
  return out;
}

struct SpawnSettings {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  SpawnSettings() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
};

}  // namespace

Result<pid_t> spawn_worker(const WorkerOptions& options, int socket) {
  SpawnSettings settings;
  // dup2 of a descriptor onto itself would keep close-on-exec; high numbers avoid that and each other.
  const UniqueFd high(::fcntl(socket, F_DUPFD_CLOEXEC, 64));
  if (!high) return fail(Error::io_failed, std::strerror(errno));
  int bad = ::posix_spawn_file_actions_addopen(&settings.files, 0, "/dev/null", O_RDONLY, 0);
  bad |= ::posix_spawn_file_actions_addopen(&settings.files, 1, "/dev/null", O_WRONLY, 0);
  bad |= ::posix_spawn_file_actions_adddup2(&settings.files, high.get(), kWorkerSocket);
  bad |= ::posix_spawn_file_actions_addclosefrom_np(&settings.files, kWorkerSocket + 1);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  bad |= ::posix_spawnattr_setsigmask(&settings.attributes, &none);
  bad |= ::posix_spawnattr_setsigdefault(&settings.attributes, &all);
  // A group of its own: Ctrl-C on the daemon's terminal must not tear a card write.
  bad |= ::posix_spawnattr_setpgroup(&settings.attributes, 0);
  bad |= ::posix_spawnattr_setflags(&settings.attributes,
                                    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  if (bad != 0) return fail(Error::io_failed, "posix_spawn settings");
  std::vector<std::string> arguments = arguments_of(options);
  std::vector<std::string> environment = options.environment;
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, options.program.c_str(), &settings.files, &settings.attributes,
                                  pointers(arguments).data(), pointers(environment).data());
  if (error != 0) return fail(Error::io_failed, options.program + ": " + std::strerror(error));
  return pid;
}

}  // namespace cardea::worker
