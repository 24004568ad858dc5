// SPDX-License-Identifier: Apache-2.0
#include "core/base/secure_file.h"

#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace cardea {
namespace {

class LinuxSecureFile : public testing::Test {
 protected:
  std::string make(const std::string& name, mode_t mode) {
    const std::string path = dir_.file(name);
    std::ofstream(path, std::ios::binary) << "x";
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  test::TempDir dir_;
};

TEST_F(LinuxSecureFile, TheReasonNamesFileAndMode) {
  const auto readable = read_secret_file(make("bad", 0440));
  ASSERT_FALSE(readable.ok());
  EXPECT_EQ(readable.failure().detail, dir_.file("bad") + ": has mode 0440: others may read or write it");
}

TEST_F(LinuxSecureFile, RefusesLinksAndPipes) {
  const auto target = make("target", 0600);
  ASSERT_EQ(::symlink(target.c_str(), dir_.file("link").c_str()), 0);
  ASSERT_EQ(::mkfifo(dir_.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_config_file(dir_.file("link")).error(), Error::unsafe_file);
  EXPECT_EQ(read_config_file(dir_.file("pipe")).error(), Error::unsafe_file);
}

TEST_F(LinuxSecureFile, AReplacementHasTheNewMode) {
  const auto path = dir_.file("state");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("one"), 0600).ok());
  ASSERT_TRUE(write_file_atomically(path, as_bytes("two"), 0640).ok());
  struct stat info = {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0640u);
}

TEST_F(LinuxSecureFile, AFailedWriteLeavesTheOldFile) {
  const auto path = dir_.file("state");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("one"), 0600).ok());
  // A file size limit stands in for the full disk: the write fails in the middle.
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small = {4096, before.rlim_max};
  auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = write_file_atomically(path, Bytes(100'000, 'x'), 0600);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(as_text(*read_config_file(path)), "one");
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
    EXPECT_EQ(entry.path().string(), path);
}

TEST_F(LinuxSecureFile, WhereNothingCanBeMadeNothingIsWritten) {
  EXPECT_FALSE(write_file_atomically("/proc/self/none", as_bytes("x"), 0600).ok());
}

}  // namespace
}  // namespace cardea
