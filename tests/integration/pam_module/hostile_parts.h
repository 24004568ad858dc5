// SPDX-License-Identifier: Apache-2.0
// What the hostile tests of pam_cardea.so are made of.
#pragma once

#include <chrono>
#include <cstring>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/pam_module/pam_login.h"
#include "tests/integration/pam_module/scripts.h"

namespace cardea::test {
namespace {

using wire::AnswerKind;
using wire::Decision;

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* directory = opendir("/proc/self/fd");
  while (readdir(directory) != nullptr)
    ++count;
  closedir(directory);
  return count;
}

struct Pipe {
  int ends[2];
  Pipe() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0); }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) close(end);
    }
  }
};

template <typename Message>
std::vector<std::uint8_t> packet_of(const Message& message) {
  std::vector<std::uint8_t> space(wire::kMaxPacketBytes);
  const wire::Packet packet = wire::encode(message, space);
  return {packet.begin(), packet.end()};
}

// Logs in once against `script`; sees to it that no descriptor stays behind.
int login_against(FakeDaemon::Script script, std::vector<Typed> typed = {}, const std::string& options = {}) {
  FakeDaemon daemon(Scripts{std::move(script)});
  PamLogin login(socket_option(daemon) + " " + options, "ana", std::move(typed));
  const std::size_t before = open_descriptors();
  const int result = login.authenticate();
  daemon.finish();
  EXPECT_LE(open_descriptors(), before);
  return result;
}

// A daemon that answers the begin message with raw bytes and then waits for the module to hang up.
FakeDaemon::Script answers_with(std::vector<std::uint8_t> packet, int descriptors = 0) {
  return [=](Conversation& c) {
    (void)c.begin();
    const Pipe pipe;
    c.send_raw(packet, std::vector<int>(static_cast<std::size_t>(descriptors), pipe.ends[0]));
    c.wait_for_end();
  };
}

// A daemon in a process of its own, so that the memory of this one is the module's alone.
class DaemonProcess {
 public:
  explicit DaemonProcess(FakeDaemon::Script script) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control_), 0);
    child_ = fork();
    if (child_ == 0) serve(std::move(script));
    close(control_[1]);
    char path[108] = {};
    EXPECT_GT(recv(control_[0], path, sizeof path - 1, 0), 0);
    path_ = path;
  }
  ~DaemonProcess() {
    close(control_[0]);
    int status = -1;
    EXPECT_EQ(waitpid(child_, &status, 0), child_);
    EXPECT_EQ(status, 0);
  }
  [[nodiscard]] const std::string& socket_path() const { return path_; }

 private:
  [[noreturn]] void serve(FakeDaemon::Script script) {
    close(control_[0]);
    {
      FakeDaemon daemon = FakeDaemon::every(std::move(script));
      const std::string path = daemon.socket_path();
      (void)send(control_[1], path.data(), path.size(), 0);
      char end = 0;
      (void)recv(control_[1], &end, 1, 0);  // until the parent has closed its end
    }
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int control_[2];
  pid_t child_ = -1;
  std::string path_;
};

}  // namespace
}  // namespace cardea::test
