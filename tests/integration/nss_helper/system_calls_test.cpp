// SPDX-License-Identifier: Apache-2.0
// What the module asks of the kernel: nothing at a look-up, a few files at the first, never a socket.
#include <dlfcn.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <nss.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/nss_helper/name_service_world.h"

namespace cardea::nss::test {
namespace {

using ByName = enum nss_status (*)(const char*, struct passwd*, char*, size_t, int*);
using ById = enum nss_status (*)(uid_t, struct passwd*, char*, size_t, int*);
using GroupByName = enum nss_status (*)(const char*, struct group*, char*, size_t, int*);
using InitGroups = enum nss_status (*)(const char*, gid_t, long int*, long int*, gid_t**, long int, int*);

AccountList one_account() {
  return {{{"alice", kFirstId, "", "/home/alice", "/bin/sh"}}, {{"pilots", kFirstId + 1, {"alice"}}}};
}

class Module {
 public:
  Module() : handle_(::dlopen(NameServiceWorld::module().c_str(), RTLD_NOW | RTLD_LOCAL)) {
    by_name_ = reinterpret_cast<ByName>(::dlsym(handle_, "_nss_cardea_getpwnam_r"));
    by_id_ = reinterpret_cast<ById>(::dlsym(handle_, "_nss_cardea_getpwuid_r"));
    group_ = reinterpret_cast<GroupByName>(::dlsym(handle_, "_nss_cardea_getgrnam_r"));
    groups_ = reinterpret_cast<InitGroups>(::dlsym(handle_, "_nss_cardea_initgroups_dyn"));
  }
  // Hits, misses, small buffers and names that can't be: whether each is answered as it should be.
  bool all_right() {
    long int used = 0;
    gid_t* list = gids_;
    return by_name_("alice", &passwd_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_SUCCESS &&
           by_name_("alice", &passwd_, buffer_, 3, &error_) == NSS_STATUS_TRYAGAIN &&
           by_name_("dave", &passwd_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_NOTFOUND &&
           by_name_("root", &passwd_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_NOTFOUND &&
           by_id_(kFirstId, &passwd_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_SUCCESS &&
           by_id_(kLastId, &passwd_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_NOTFOUND &&
           by_id_(1000, &passwd_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_NOTFOUND &&
           group_("pilots", &entry_, buffer_, sizeof buffer_, &error_) == NSS_STATUS_SUCCESS &&
           groups_("alice", kFirstId, &used, &room_, &list, 0, &error_) == NSS_STATUS_SUCCESS && used == 1;
  }

 private:
  void* handle_;
  ByName by_name_;
  ById by_id_;
  GroupByName group_;
  InitGroups groups_;
  struct passwd passwd_ {};
  struct group entry_ {};
  gid_t gids_[16];
  long int room_ = 16;
  char buffer_[512];
  int error_ = 0;
};

int status_of(pid_t child) {
  int status = -1;
  return ::waitpid(child, &status, 0) == child ? status : -1;
}

// Strict mode kills a process that makes any system call but read, write and exit.
int run_in_strict_mode(bool warm) {
  const pid_t child = ::fork();
  if (child == 0) {
    Module module;
    bool right = !warm || module.all_right();
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) ::_exit(2);
    for (unsigned i = 0; i < 1000; ++i)
      right = module.all_right() && right;
    (void)::syscall(SYS_exit, right ? 0 : 1);
  }
  return status_of(child);
}

TEST(SystemCalls, AWarmLookUpMakesNone) {
  NameServiceWorld world;
  world.publish(one_account());
  EXPECT_EQ(run_in_strict_mode(true), 0);
}

TEST(SystemCalls, TheFirstLookUpMakesSomeSoTheProofAboveProves) {
  NameServiceWorld world;
  world.publish(one_account());
  const int status = run_in_strict_mode(false);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

// A whole process under strace: between the module's own opening of its file and the end there is no socket,
// no thread, no other process; and its file is opened once.
TEST(SystemCalls, NeverASocketAThreadOrAProcess) {
  NameServiceWorld world;
  world.publish(one_account());
  for (const char* name : {"alice", "dave"}) {
    const cardea::test::TempDir dir;
    const std::string trace = dir.file("trace");
    // -s: straight to the module, past the C library's own question to nscd.
    (void)NameServiceWorld::run({"strace", "-f", "-o", trace, "getent", "-s", "cardea", "passwd", name});
    const std::string text = test_support::read_text_file(trace);
    EXPECT_NE(text.find("\"accounts.db\""), std::string::npos) << text;
    EXPECT_EQ(text.find("\"accounts.db\""), text.rfind("\"accounts.db\""));
    for (const char* call : {"socket(", "connect(", "clone(", "clone3(", "fork(", "poll(", "nanosleep("})
      EXPECT_EQ(text.find(call), std::string::npos) << call;
  }
}

}  // namespace
}  // namespace cardea::nss::test
