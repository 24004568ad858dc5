// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <filesystem>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recoveryd/state/audit_chain.h"
#include "recoveryd/state/device_identity.h"
#include "recoveryd/state/gate_switch.h"
#include "recoveryd/state/throttle_store.h"
#include "tests/unit/recoveryd/state_fixture.h"

namespace cardea::recoveryd {
namespace {

using LinuxStateTest = StateTest;

TEST_F(LinuxStateTest, NotEnrolledIsNotSaidOfADirectoryThatIsGone) {
  auto directory = StateDirectory::open(path_);
  EnrolmentStore store(*directory);
  EXPECT_EQ(store.load("alice").error(), Error::not_enrolled);
  std::filesystem::remove_all(path_ + "/users");
  EXPECT_EQ(store.load("alice").error(), Error::io_failed);
}

// The administrator's probation is what saves him from a gate that lets nobody in; a full disk must not take
// it away.
TEST_F(LinuxStateTest, AnUnconfirmedGateFallsBackEvenIfThatCannotBeWritten) {
  auto directory = StateDirectory::open(path_);
  GateSwitch gate(*directory);
  ASSERT_TRUE(gate.write(GateState{true, 700}).ok());
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit none = {0, before.rlim_max};
  auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  const auto state = gate.read(700);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_TRUE(state.ok()) << state.failure().detail;
  EXPECT_FALSE(state->card_required);
}

// A disk that went read-only refuses access keys, never cards: also after the restart that people try then.
TEST_F(LinuxStateTest, OnAReadOnlyDiskTheStateOpensAndOnlyWritesAreRefused) {
  {
    auto directory = StateDirectory::open(path_);
    ASSERT_TRUE(DeviceIdentity::load_or_create(*directory, random_).ok());
    ASSERT_TRUE(EnrolmentStore(*directory).add(record()).ok());
    ASSERT_TRUE(AuditChain::open(*directory).append(1000, "login", {}).ok());
  }
  const pid_t child = ::fork();
  if (child == 0) {
    // The number of the first thing that is not as it should be; 0: all is.
    const auto* const path = path_.c_str();
    constexpr unsigned long kFlags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV;
    if (::unshare(::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) ::_exit(1);
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(2);
    if (::mount(path, path, nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(nullptr, path, nullptr, kFlags, nullptr) != 0)
      ::_exit(3);
    auto directory = StateDirectory::open(path_);
    if (!directory.ok()) ::_exit(4);
    if (!DeviceIdentity::load_or_create(*directory, random_).ok()) ::_exit(5);
    if (!EnrolmentStore(*directory).load("alice").ok()) ::_exit(6);
    auto chain = AuditChain::open(*directory);
    if (chain.length() != 1 || chain.append(1000, "login", {}).error() != Error::disk_full) ::_exit(7);
    if (ThrottleStore(*directory).begin_try("alice", 1000).error() != Error::disk_full) ::_exit(8);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace cardea::recoveryd
