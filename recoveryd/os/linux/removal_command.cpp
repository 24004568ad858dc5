// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/os/linux/removal_command.h"

#include <cerrno>
#include <cstring>

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/linux/spawn.h"
#include "recoveryd/os/linux/program_end.h"

namespace cardea::recoveryd {
namespace {

constexpr int kMostMillis = 10'000;

Status may_be_run(const std::string& command) {
  struct stat found {};
  if (::stat(command.c_str(), &found) != 0)
    return fail(Error::io_failed, command + ": " + std::strerror(errno));
  const bool ours = found.st_uid == 0 || found.st_uid == ::geteuid();
  if (!S_ISREG(found.st_mode) || !ours || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail(Error::unsafe_file, command + ": others may change it");
  return {};
}

// Its exit status; a command that takes too long is ended with everything in its process group.
Result<int> await(pid_t pid) {
  const auto end = program_end(pid);
  pollfd entry{end.ok() ? end->get() : -1, POLLIN, 0};
  const bool late = ::poll(&entry, 1, kMostMillis) <= 0;
  if (late) (void)::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (late) return fail(Error::timeout, "the command was ended after 10 s");
  return status;
}

}  // namespace

Result<std::string_view> RemovalCommand::run(std::string_view action, const BoundSession& session) const {
  TRY(may_be_run(command_));
  if (has_ended(session.program_end)) return fail(Error::not_found, "has ended");
  TRY_ASSIGN(const pid_t pid, spawn_alone({command_, std::string(action), session.user, session.tty,
                                           session.service, std::to_string(session.program)},
                                          {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}));
  TRY_ASSIGN(const int status, await(pid));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(Error::io_failed, command_ + ": status " + std::to_string(status));
  return std::string_view("command");
}

}  // namespace cardea::recoveryd
