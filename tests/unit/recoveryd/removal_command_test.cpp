// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/os/linux/removal_command.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/linux/program_end.h"
#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

class TheRemovalCommand : public ::testing::Test {
 protected:
  std::string script(const std::string& text, mode_t mode = 0755) {
    const std::string path = directory_.file("command");
    std::ofstream(path, std::ios::trunc) << "#!/bin/sh\n" << text << "\n";
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  BoundSession session() {
    BoundSession session{"alice", "login", "/dev/tty 1; x", 1000, {}, ::getpid(), {}};
    auto end = program_end(::getpid());
    if (end.ok()) session.program_end = std::move(*end);
    return session;
  }
  std::string written() {
    std::ifstream file(directory_.file("out"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  const test::TempDir directory_;
};

TEST_F(TheRemovalCommand, IsToldWhatWhoseWhereAndByWhichProgramAsWordsOfTheirOwn) {
  RemovalCommand command(script("printf '[%s]' \"$@\" >" + directory_.file("out")));
  const auto done = command.lock(session());
  ASSERT_TRUE(done.ok()) << done.failure().detail;
  EXPECT_EQ(*done, "command");
  EXPECT_EQ(written(), "[lock][alice][/dev/tty 1; x][login][" + std::to_string(::getpid()) + "]");
  EXPECT_TRUE(command.logout(session()).ok());
  EXPECT_TRUE(written().starts_with("[logout][alice]"));
}

TEST_F(TheRemovalCommand, ThatFailsIsAFailure) {
  EXPECT_EQ(RemovalCommand(script("exit 3")).lock(session()).error(), Error::io_failed);
  EXPECT_EQ(RemovalCommand(directory_.file("nothing")).lock(session()).error(), Error::io_failed);
}

TEST_F(TheRemovalCommand, ThatOthersMayChangeIsNotRun) {
  const std::string out = directory_.file("out");
  for (const mode_t mode : {0775, 0757})
    EXPECT_EQ(RemovalCommand(script("echo >" + out, mode)).lock(session()).error(), Error::unsafe_file);
  EXPECT_NE(::access(out.c_str(), F_OK), 0);
}

TEST_F(TheRemovalCommand, IsNotRunForAProgramThatHasEnded) {
  BoundSession ended = session();
  int line[2] = {-1, -1};
  ASSERT_EQ(::pipe(line), 0);
  ended.program_end = UniqueFd(line[0]);
  ::close(line[1]);
  EXPECT_EQ(RemovalCommand(script("echo >" + directory_.file("out"))).logout(ended).error(),
            Error::not_found);
  EXPECT_NE(::access(directory_.file("out").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace cardea::recoveryd
