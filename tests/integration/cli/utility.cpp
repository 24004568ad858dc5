// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/cli/utility.h"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "build_paths.h"

namespace cardea::test {
namespace {

constexpr int kPatienceMs = 20'000;
constexpr const char* kProgram = CARDEA_BINARY_DIR "/cli/cardea";

std::vector<char*> argv_of(std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  return argv;
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

Ran run_program(const Words& words, const std::string& input) {
  Words copy = words;
  const auto argv = argv_of(copy);
  int in[2], out[2], err[2];
  EXPECT_EQ(pipe2(in, O_CLOEXEC) + pipe2(out, O_CLOEXEC) + pipe2(err, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    (void)setsid();  // no controlling terminal
    (void)dup2(in[0], 0);
    (void)dup2(out[1], 1);
    (void)dup2(err[1], 2);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  close(err[1]);
  EXPECT_EQ(write(in[1], input.data(), input.size()), static_cast<ssize_t>(input.size()));
  close(in[1]);
  Ran ran;
  pollfd wait[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
  while (wait[0].fd >= 0 || wait[1].fd >= 0) {
    if (poll(wait, 2, kPatienceMs) == 0) {
      ADD_FAILURE() << words[0] << " hangs";
      kill(child, SIGKILL);
    }
    for (int i = 0; i < 2; ++i) {
      if (wait[i].fd < 0 || wait[i].revents == 0) continue;
      char piece[4096];
      const ssize_t got = read(wait[i].fd, piece, sizeof piece);
      if (got > 0) (i == 0 ? ran.out : ran.err).append(piece, static_cast<std::size_t>(got));
      if (got <= 0) wait[i].fd = -1;
    }
  }
  close(out[0]);
  close(err[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  ran.code = code_of(status);
  return ran;
}

Ran run_cardea(const Words& words, const std::string& input) {
  Words all = words;
  all.insert(all.begin(), kProgram);
  return run_program(all, input);
}

std::string cardea_program() { return kProgram; }

AtTerminal::AtTerminal(const Words& words) {
  Words all = words;
  all.insert(all.begin(), kProgram);
  start(std::move(all));
}

AtTerminal::AtTerminal(Shell) {
  start({"/usr/bin/env", "LC_ALL=C", "PS1=$ ", "bash", "--norc", "--noprofile", "--noediting", "-i"});
}

void AtTerminal::start(Words words) {
  const auto argv = argv_of(words);
  EXPECT_EQ(openpty(&terminal_, &program_side_, nullptr, nullptr, nullptr), 0);
  (void)fcntl(terminal_, F_SETFD, FD_CLOEXEC);
  (void)fcntl(program_side_, F_SETFD, FD_CLOEXEC);
  child_ = fork();
  if (child_ == 0) {
    (void)setsid();
    (void)ioctl(program_side_, TIOCSCTTY, 0);
    for (int stream = 0; stream < 3; ++stream)
      (void)dup2(program_side_, stream);
    execv(argv[0], argv.data());
    _exit(127);
  }
  EXPECT_GT(child_, 0);
}

AtTerminal::~AtTerminal() {
  if (child_ > 0) {
    kill(child_, SIGKILL);
    (void)waitpid(child_, nullptr, 0);
  }
  close(terminal_);
  close(program_side_);
}

bool AtTerminal::read_more() {
  pollfd wait{terminal_, POLLIN, 0};
  if (poll(&wait, 1, kPatienceMs) <= 0) return false;
  char piece[4096];
  const ssize_t got = read(terminal_, piece, sizeof piece);
  if (got <= 0) return false;
  transcript_.append(piece, static_cast<std::size_t>(got));
  return true;
}

bool AtTerminal::sees(std::string_view text) {
  while (true) {
    const std::size_t at = transcript_.find(text, seen_);
    if (at != std::string::npos) {
      seen_ = at + text.size();
      return true;
    }
    if (!read_more()) {
      ADD_FAILURE() << "expected “" << text << "”, but saw:\n" << transcript_;
      return false;
    }
  }
}

void AtTerminal::type(std::string_view keys) {
  EXPECT_EQ(write(terminal_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
}

bool AtTerminal::echoes() const {
  termios settings{};
  EXPECT_EQ(tcgetattr(terminal_, &settings), 0);
  return (settings.c_lflag & ECHO) != 0;
}

void AtTerminal::send_signal(int number) { EXPECT_EQ(kill(child_, number), 0); }

int AtTerminal::ends() {
  int status = 0;
  EXPECT_EQ(waitpid(child_, &status, 0), child_);
  child_ = -1;
  pollfd wait{terminal_, POLLIN, 0};
  while (poll(&wait, 1, 0) > 0 && (wait.revents & POLLIN) != 0 && read_more()) {
  }
  return code_of(status);
}

bool AtTerminal::ends_with_echo(int code) {
  EXPECT_EQ(ends(), code);
  return !testing::Test::HasFailure() && echoes();
}

}  // namespace cardea::test
