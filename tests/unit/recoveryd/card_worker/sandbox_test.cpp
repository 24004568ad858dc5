// SPDX-License-Identifier: Apache-2.0
// What a process may no longer do: each tried in a child, because there is no way back.
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <thread>

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recoveryd/card_worker/sandbox_linux.h"

namespace cardea::worker {
namespace {

bool in_child(const std::function<bool()>& holds) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(holds() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool sandboxed(const std::function<bool()>& holds) {
  return in_child([&] { return restrict_process().ok() && filter_system_calls().ok() && holds(); });
}

TEST(Sandbox, ReachesNoNetwork) {
  for (const int family : {AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNSPEC}) {
    EXPECT_TRUE(sandboxed([&] { return ::socket(family, SOCK_DGRAM, 0) < 0 && errno == EAFNOSUPPORT; }))
        << family;
  }
  EXPECT_TRUE(sandboxed([] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }));
}

TEST(Sandbox, StartsNoProgramAndNoProcess) {
  EXPECT_TRUE(sandboxed([] {
    char* const arguments[] = {nullptr};
    return ::execv("/bin/true", arguments) < 0 && errno == EPERM;
  }));
  EXPECT_TRUE(sandboxed([] {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return child < 0 && errno == EPERM;
  }));
}

TEST(Sandbox, StartsThreads) {
  EXPECT_TRUE(sandboxed([] {
    bool ran = false;
    std::thread([&] { ran = true; }).join();
    return ran;
  }));
}

TEST(Sandbox, TracesNobodyAndBecomesNobodyElse) {
#ifdef CARDEA_SANITIZED
  constexpr bool kRefused = false;  // the leak check is a tracer
#else
  constexpr bool kRefused = true;
#endif
  EXPECT_TRUE(sandboxed(
      [] { return (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) < 0 && errno == EPERM) == kRefused; }));
  EXPECT_TRUE(sandboxed([] { return ::setuid(::getuid()) < 0 && errno == EPERM; }));
}

TEST(Sandbox, RootWithoutTheUserDoesNotGoOnAsRoot) {
  EXPECT_TRUE(in_child([] {
    const Status done = become_user("no-such-user-here");
    return ::geteuid() == 0 ? !done.ok() : done.ok();
  }));
}

TEST(Sandbox, RootBecomesTheUserForGood) {
  EXPECT_TRUE(in_child([] {
    if (!become_user("nobody").ok()) return false;
    return ::geteuid() != 0 && ::getuid() == ::geteuid() && (::setuid(0) < 0);
  }));
}

TEST(Sandbox, CleansTheEnvironment) {
  EXPECT_TRUE(in_child([] {
    ::setenv("HOME", "/home/somebody", 1);
    ::setenv("OPENSC_CONF", "/home/somebody/opensc.conf", 1);
    return clean_environment("/usr/share/cardea/opensc.conf").ok() && ::getenv("HOME") == nullptr &&
           std::string(::getenv("OPENSC_CONF")) == "/usr/share/cardea/opensc.conf";
  }));
}

}  // namespace
}  // namespace cardea::worker
