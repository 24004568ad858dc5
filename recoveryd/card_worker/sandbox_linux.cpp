// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/sandbox_linux.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/unique_handle.h"

namespace cardea::worker {
namespace {

constexpr rlim_t kMaxDescriptors = 64;  // modules open a few files and sockets

Failure system_failure(const char* what) {
  return fail(Error::io_failed, std::string(what) + ": " + std::strerror(errno));
}

Status limit(int resource, rlim_t value) {
  const rlimit wanted{value, value};
  // glibc's C++ prototype takes an enumeration.
  if (::setrlimit(static_cast<__rlimit_resource_t>(resource), &wanted) != 0)
    return system_failure("setrlimit");
  return {};
}

// When a sanitized program ends, the runtime looks for leaks from a helper that shares the memory and traces
// it.
#ifdef CARDEA_SANITIZED
constexpr bool kLeakCheck = true;
#else
constexpr bool kLeakCheck = false;
#endif

// New programs, other processes, other machines, the kernel: a card needs none of them.
constexpr int kForbidden[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(kcmp),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(syslog),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(personality),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(fanotify_init),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setregid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(setfsuid),
    SCMP_SYS(setfsgid),
    SCMP_SYS(capset),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
};

using Filter = UniqueHandle<void, seccomp_release>;

Status forbid(const Filter& filter, int call) {
  // EPERM and not a kill: a vendor module that tries something goes on without it.
  const int rv = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0);
  if (rv != 0)
    return fail(Error::io_failed, "seccomp rule " + std::to_string(call) + ": " + std::strerror(-rv));
  return {};
}

Status forbid_networks(const Filter& filter) {
  // Only AF_UNIX, for pcscd. AF_UNSPEC is 0, so that two comparisons cover all other families.
  const auto below = SCMP_A0(SCMP_CMP_LT, AF_UNIX, 0);
  const auto above = SCMP_A0(SCMP_CMP_GT, AF_UNIX, 0);
  for (const int call : {SCMP_SYS(socket), SCMP_SYS(socketpair)}) {
    for (const auto& comparison : {below, above}) {
      if (seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EAFNOSUPPORT), call, 1, comparison) != 0) {
        return fail(Error::io_failed, "seccomp rule for sockets");
      }
    }
  }
  return {};
}

// Threads are allowed, processes are not. clone3's flags are behind a pointer that a filter can't read: glibc
// falls back to clone when there is no clone3.
Status forbid_processes(const Filter& filter) {
  const scmp_datum_t shared = kLeakCheck ? CLONE_VM : CLONE_THREAD;
  const auto no_thread = SCMP_A0(SCMP_CMP_MASKED_EQ, shared, 0);
  if (seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, no_thread) != 0 ||
      seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0) {
    return fail(Error::io_failed, "seccomp rule for clone");
  }
  return {};
}

}  // namespace

Status restrict_process() {
  TRY(limit(RLIMIT_CORE, 0));
  TRY(limit(RLIMIT_NOFILE, kMaxDescriptors));
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return system_failure("PR_SET_DUMPABLE");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_failure("PR_SET_NO_NEW_PRIVS");
  return {};
}

Status become_user(const std::string& user) {
  if (::geteuid() != 0 || user.empty()) return {};
  std::vector<char> buffer(16'384);
  passwd entry{};
  passwd* found = nullptr;
  (void)::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) return fail(Error::not_found, "no user " + user);
  if (::initgroups(user.c_str(), found->pw_gid) != 0) return system_failure("initgroups");
  if (::setresgid(found->pw_gid, found->pw_gid, found->pw_gid) != 0) return system_failure("setresgid");
  if (::setresuid(found->pw_uid, found->pw_uid, found->pw_uid) != 0) return system_failure("setresuid");
  // A change of user makes a process dumpable again on some kernels.
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return system_failure("PR_SET_DUMPABLE");
  if (::setuid(0) == 0) return fail(Error::permission_denied, "still root");
  return {};
}

Status take_environment(const std::vector<std::string>& environment) {
  for (const std::string& entry : environment) {
    const auto sign = entry.find('=');
    if (sign == std::string::npos || sign == 0) return fail(Error::invalid_argument, "worker_environment");
    if (::setenv(entry.substr(0, sign).c_str(), entry.c_str() + sign + 1, 1) != 0)
      return system_failure("worker_environment");
  }
  return {};
}

Status clean_environment(const std::string& opensc_conf) {
  for (const char* name :
       {"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "OPENSC_DEBUG", "OPENSC_DRIVER", "LD_PRELOAD",
        "LD_LIBRARY_PATH", "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES", "TMPDIR"}) {
    if (::unsetenv(name) != 0) return system_failure(name);
  }
  if (::setenv("OPENSC_CONF", opensc_conf.c_str(), 1) != 0) return system_failure("OPENSC_CONF");
  return {};
}

Status filter_system_calls() {
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) return fail(Error::io_failed, "seccomp_init");
  // The reader watch and threads of modules are already there.
  if (seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) != 0)
    return fail(Error::io_failed, "seccomp tsync");
  TRY(forbid_networks(filter));
  TRY(forbid_processes(filter));
  for (const int call : kForbidden) {
    if (kLeakCheck && call == SCMP_SYS(ptrace)) continue;
    TRY(forbid(filter, call));
  }
  if (const int rv = seccomp_load(filter.get()); rv != 0) {
    return fail(Error::io_failed, std::string("seccomp_load: ") + std::strerror(-rv));
  }
  return {};
}

}  // namespace cardea::worker
