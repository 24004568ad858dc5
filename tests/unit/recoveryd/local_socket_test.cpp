// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/os/linux/local_socket.h"

#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

int open_socket(int type, const std::string& path, bool listening) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, type, 0);
  EXPECT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  if (listening) {
    EXPECT_EQ(::listen(socket, 1), 0);
  }
  return socket;
}

// What listen_at() says in a process that systemd passes these descriptors to: 0, or the error's number. It
// runs in a child: descriptors from 3 on are the test program's own elsewhere.
int outcome_with_passed(const std::vector<int>& sockets, const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<int> high;
    for (const int socket : sockets)
      high.push_back(::fcntl(socket, F_DUPFD, 100));
    int next = 3;
    for (const int socket : high)
      ::dup2(socket, next++);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", std::to_string(sockets.size()).c_str(), 1);
    const auto listener = listen_at(path);
    if (!listener.ok()) ::_exit(listener.error() == Error::invalid_argument ? 1 : 2);
    const bool good = listener->socket.get() == 3 && listener->administrator == ::geteuid() &&
                      (::fcntl(3, F_GETFD) & FD_CLOEXEC) != 0 && (::fcntl(3, F_GETFL) & O_NONBLOCK) != 0 &&
                      std::getenv("LISTEN_FDS") == nullptr;
    ::_exit(good ? 0 : 3);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(LocalSocket, OpensItsOwnForEverybody) {
  const test::TempDir directory;
  const std::string path = directory.file("own.sock");
  const auto listener = listen_at(path);
  ASSERT_TRUE(listener.ok()) << listener.failure().detail;
  EXPECT_EQ(listener->administrator, ::geteuid());
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0666U);
}

TEST(LocalSocket, TakesThePassedSocketOfItsPath) {
  const test::TempDir directory;
  const std::string path = directory.file("passed.sock");
  const UniqueFd right(open_socket(SOCK_SEQPACKET, path, true));
  EXPECT_EQ(outcome_with_passed({right.get()}, path), 0);
}

TEST(LocalSocket, RefusesAnythingElseThatIsPassed) {
  const test::TempDir directory;
  const std::string path = directory.file("right.sock");
  const UniqueFd right(open_socket(SOCK_SEQPACKET, path, true));
  EXPECT_EQ(outcome_with_passed({right.get(), right.get()}, path), 1) << "two";
  EXPECT_EQ(outcome_with_passed({right.get()}, directory.file("configured.sock")), 1) << "another path";
  const std::string stream_path = directory.file("stream.sock");
  const UniqueFd stream(open_socket(SOCK_STREAM, stream_path, true));
  EXPECT_EQ(outcome_with_passed({stream.get()}, stream_path), 1) << "a stream";
  const std::string idle_path = directory.file("idle.sock");
  const UniqueFd idle(open_socket(SOCK_SEQPACKET, idle_path, false));
  EXPECT_EQ(outcome_with_passed({idle.get()}, idle_path), 1) << "not listening";
  const UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(outcome_with_passed({file.get()}, path), 1) << "no socket";
}

}  // namespace
}  // namespace cardea::recoveryd
