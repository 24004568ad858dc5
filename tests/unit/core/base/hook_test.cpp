// SPDX-License-Identifier: Apache-2.0
#include "core/base/linux/hook.h"

#include <chrono>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "core/base/linux/unique_fd.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

namespace cardea {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

class Hook : public ::testing::Test {
 protected:
  HookCall script(const std::string& text, mode_t mode = 0755) {
    const std::string path = directory.file("hook");
    std::ofstream(path, std::ios::trunc) << "#!/bin/sh\n" << text << "\n";
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    HookCall call;
    call.arguments = {path};
    return call;
  }
  std::string written(const std::string& name = "out") const {
    std::ifstream file(directory.file(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  const test::TempDir directory;
};

TEST_F(Hook, ReadsItsInputAndEndsWithACode) {
  HookCall call = script("cat >" + directory.file("out") + "; exit 67");
  call.input = std::string(100'000, 'a') + "\n{}";
  const auto end = run_hook(call);
  ASSERT_TRUE(end.ok()) << end.failure().detail;
  EXPECT_EQ(end->code, 67);
  EXPECT_EQ(written(), call.input);
}

TEST_F(Hook, ThatReadsNothingIsNotAFailure) {
  HookCall call = script("exit 0");
  call.input = std::string(1'000'000, 'a');
  EXPECT_EQ(run_hook(call)->code, 0);
}

TEST_F(Hook, WhatItSaysIsKeptUpToALimit) {
  EXPECT_EQ(run_hook(script("echo no such person >&2; exit 1"))->words, "no such person\n");
  // More than a pipe holds: it is read on, or the command would hang.
  const auto talker = run_hook(script("head -c 1000000 /dev/zero | tr '\\0' x >&2"));
  ASSERT_TRUE(talker.ok()) << talker.failure().detail;
  EXPECT_EQ(talker->words, std::string(kMostHookWords, 'x'));
}

TEST_F(Hook, ASignalIsNoExitCode) { EXPECT_EQ(run_hook(script("kill -9 $$"))->code, -SIGKILL); }

TEST_F(Hook, GetsNothingOfOurs) {
  const UniqueFd ours(::open("/dev/null", O_RDONLY));  // without close-on-exec
  ASSERT_EQ(::setenv("CARDEA_CANARY", "1", 1), 0);
  const auto end =
      run_hook(script("ls /proc/self/fd >" + directory.file("out") + "; env | cut -d= -f1 | sort >" +
                      directory.file("names") + "; trap '' TERM; kill -TERM $$; exit 0"));
  ASSERT_EQ(::unsetenv("CARDEA_CANARY"), 0);
  ASSERT_TRUE(end.ok()) << end.failure().detail;
  EXPECT_EQ(written(), "0\n1\n2\n3\n");  // the last is of ls itself
  EXPECT_EQ(written("names"), "LANG\nPATH\nPWD\n");
}

TEST_F(Hook, ThatHangsIsEndedWithItsChildren) {
  HookCall call = script("sleep 300 & echo $! >" + directory.file("child") + "; wait");
  call.most_millis = 500;
  const auto begun = steady_clock::now();
  EXPECT_EQ(run_hook(call).error(), Error::timeout);
  EXPECT_LT(steady_clock::now() - begun, seconds(60));
  const pid_t child = std::stoi(written("child"));
  EXPECT_TRUE(test_support::wait_until([&] { return ::kill(child, 0) != 0; }));
}

TEST_F(Hook, IsEndedWhenWeEnd) {
  const UniqueFd stop(::eventfd(1, EFD_CLOEXEC));
  HookCall call = script("exec sleep 300");
  call.stop = stop.get();
  call.most_millis = 300'000;
  EXPECT_EQ(run_hook(call).error(), Error::timeout);
}

TEST_F(Hook, DoesNotWaitForWhatItLeavesBehind) {
  HookCall call = script("sleep 300 & echo $! >" + directory.file("child"));
  call.most_millis = 60'000;
  const auto begun = steady_clock::now();
  EXPECT_EQ(run_hook(call)->code, 0);
  EXPECT_LT(steady_clock::now() - begun, seconds(50));
  EXPECT_EQ(::kill(std::stoi(written("child")), SIGKILL), 0);
}

TEST_F(Hook, ThatOthersMayChangeOrNobodyMayRunIsRefused) {
  for (const mode_t mode : {0775, 0757})
    EXPECT_EQ(run_hook(script("exit 0", mode)).error(), Error::unsafe_file);
  EXPECT_EQ(run_hook(script("exit 0", 0644)).error(), Error::io_failed);
  HookCall call;
  call.arguments = {directory.file("nothing")};
  EXPECT_EQ(run_hook(call).error(), Error::io_failed);
  call.arguments = {directory.file("")};
  EXPECT_EQ(run_hook(call).error(), Error::unsafe_file);
}

}  // namespace
}  // namespace cardea
