// SPDX-License-Identifier: Apache-2.0
#include "core/base/linux/hook.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/linux/program_end.h"
#include "core/base/linux/spawn.h"

namespace cardea {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Failure system_failure(const std::string& what) {
  return fail(Error::io_failed, what + ": " + std::strerror(errno));
}

// A file and not a pipe: a command that reads nothing keeps nobody waiting.
Result<UniqueFd> make_input(const std::string& text) {
  UniqueFd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file) return system_failure("memfd_create");
  const auto written = ::write(file.get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size()) || ::lseek(file.get(), 0, SEEK_SET) != 0)
    return system_failure("memfd");
  return file;
}

struct ErrorPipe {
  UniqueFd ours, its;
};

Result<ErrorPipe> make_error_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_failure("pipe2");
  ErrorPipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  if (::fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK) != 0) return system_failure("fcntl");
  return pipe;
}

// Reads on beyond what is kept, or the command would wait for us. False at the end of the file.
bool read_words(const UniqueFd& pipe, std::string& words) {
  std::array<char, 4096> buffer{};
  const auto got = ::read(pipe.get(), buffer.data(), buffer.size());
  if (got > 0 && words.size() < kMostHookWords)
    words.append(buffer.data(), std::min(static_cast<std::size_t>(got), kMostHookWords - words.size()));
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

// Whether the command ended by itself.
bool await(const HookCall& call, const UniqueFd& end, UniqueFd& pipe, std::string& words) {
  const auto deadline = steady_clock::now() + milliseconds(call.most_millis);
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return false;
    std::array<pollfd, 3> entries = {
        {{end.get(), POLLIN, 0}, {pipe.get(), POLLIN, 0}, {call.stop, POLLIN, 0}}};
    (void)::poll(entries.data(), entries.size(), static_cast<int>(left));
    if (entries[1].revents != 0 && !read_words(pipe, words)) pipe.reset();
    if (entries[0].revents != 0) break;
    if (entries[2].revents != 0) return false;
  }
  // What it said at last; one of its children may hold the other end, so not until the end of the file.
  if (pipe) (void)read_words(pipe, words);
  return true;
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

Status check_hook(const std::string& command) {
  struct stat found {};
  if (::stat(command.c_str(), &found) != 0) return system_failure(command);
  const bool ours = found.st_uid == 0 || found.st_uid == ::geteuid();
  if (!S_ISREG(found.st_mode) || !ours || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail(Error::unsafe_file, command + ": others may change it");
  if (::access(command.c_str(), X_OK) != 0) return system_failure(command);
  return {};
}

Result<HookEnd> run_hook(const HookCall& call) {
  const std::string& command = call.arguments.front();
  TRY(check_hook(command));
  TRY_ASSIGN(const UniqueFd input, make_input(call.input));
  TRY_ASSIGN(ErrorPipe pipe, make_error_pipe());
  TRY_ASSIGN(const pid_t pid,
             spawn_alone(call.arguments, {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"},
                         {.input = input.get(), .error = pipe.its.get()}));
  pipe.its.reset();
  const auto end = program_end(pid);
  HookEnd out;
  const bool by_itself = end.ok() && await(call, *end, pipe.ours, out.words);
  if (!by_itself) (void)::kill(-pid, SIGKILL);
  out.code = reap(pid);
  if (!end.ok()) return end.failure();
  if (!by_itself) return fail(Error::timeout, command + " was ended: it took too long, or we end");
  return out;
}

}  // namespace cardea
