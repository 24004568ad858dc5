// SPDX-License-Identifier: Apache-2.0
#include "core/base/linux/spawn.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "core/base/linux/unique_fd.h"

namespace cardea {
namespace {

struct Settings {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  Settings() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;
  ~Settings() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts)
    out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// dup2 of a descriptor onto itself would keep close-on-exec; high numbers avoid that and each other.
struct HighFiles {
  UniqueFd socket, input, error;
};

Status lift(int file, UniqueFd& out) {
  if (file < 0) return {};
  out.reset(::fcntl(file, F_DUPFD_CLOEXEC, 64));
  return out ? Status() : fail(Error::io_failed, std::strerror(errno));
}

bool set_files(Settings& settings, const HighFiles& files) {
  const bool with_socket = static_cast<bool>(files.socket);
  posix_spawn_file_actions_t* actions = &settings.files;
  int bad = files.input ? ::posix_spawn_file_actions_adddup2(actions, files.input.get(), STDIN_FILENO)
                        : ::posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  bad |= ::posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (files.error) bad |= ::posix_spawn_file_actions_adddup2(actions, files.error.get(), STDERR_FILENO);
  if (with_socket) bad |= ::posix_spawn_file_actions_adddup2(actions, files.socket.get(), kSpawnedSocket);
  bad |= ::posix_spawn_file_actions_addclosefrom_np(actions, kSpawnedSocket + (with_socket ? 1 : 0));
  return bad == 0;
}

bool set_attributes(Settings& settings) {
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  int bad = ::posix_spawnattr_setsigmask(&settings.attributes, &none);
  bad |= ::posix_spawnattr_setsigdefault(&settings.attributes, &all);
  bad |= ::posix_spawnattr_setpgroup(&settings.attributes, 0);
  bad |= ::posix_spawnattr_setflags(&settings.attributes,
                                    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  return bad == 0;
}

}  // namespace

Result<pid_t> spawn_alone(std::vector<std::string> arguments, std::vector<std::string> environment,
                          const SpawnedFiles& files) {
  HighFiles high;
  TRY(lift(files.socket, high.socket));
  TRY(lift(files.input, high.input));
  TRY(lift(files.error, high.error));
  Settings settings;
  if (!set_files(settings, high) || !set_attributes(settings))
    return fail(Error::io_failed, "posix_spawn settings");
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, arguments.front().c_str(), &settings.files, &settings.attributes,
                                  pointers(arguments).data(), pointers(environment).data());
  if (error != 0) return fail(Error::io_failed, arguments.front() + ": " + std::strerror(error));
  return pid;
}

}  // namespace cardea
