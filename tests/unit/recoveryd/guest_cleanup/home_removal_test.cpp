// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/guest_cleanup/home_removal.h"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kGuest = 2'010'000'042;

class HomeRemoval : public ::testing::Test {
 protected:
  HomeRemoval() {
    fs::create_directories(prefix_ + "/anna/documents/deep");
    fs::create_directories(outside_);
    write(outside_ + "/kept", "kept");
    write(prefix_ + "/anna/documents/letter", "Dear");
    give(prefix_ + "/anna", kGuest);
  }
  static void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  static void give(const std::string& path, uid_t uid) {
    ASSERT_EQ(::lchown(path.c_str(), uid, uid), 0);
    for (const auto& entry : fs::recursive_directory_iterator(path))
      ASSERT_EQ(::lchown(entry.path().c_str(), uid, uid), 0);
  }
  GuestHomes homes(IsThere is_there = [](uid_t) -> Result<bool> { return false; }) {
    auto opened = GuestHomes::open(prefix_, std::move(is_there));
    EXPECT_TRUE(opened.ok());
    return std::move(*opened);
  }
  void home_is_whole() const { EXPECT_TRUE(fs::exists(prefix_ + "/anna/documents/letter")); }
  // Nothing of it is left, under no name.
  void all_is_gone() const { EXPECT_TRUE(fs::is_empty(prefix_)); }

  const test::TempDir dir_;
  const std::string prefix_ = dir_.file("homes");
  const std::string outside_ = dir_.file("outside");
};

TEST_F(HomeRemoval, TheHomeOfAGuestWhoHasLeftGoes) {
  EXPECT_TRUE(homes().remove("anna").ok());
  all_is_gone();
  EXPECT_EQ(homes().remove("anna").error(), Error::not_found);
}

TEST_F(HomeRemoval, LinksLeadNowhere) {
  fs::create_symlink(outside_, prefix_ + "/anna/link");
  fs::create_symlink("../../outside", prefix_ + "/anna/documents/deep/link");
  fs::create_hard_link(outside_ + "/kept", prefix_ + "/anna/hard");
  EXPECT_TRUE(homes().remove("anna").ok());
  all_is_gone();
  EXPECT_TRUE(fs::exists(outside_ + "/kept"));
}

TEST_F(HomeRemoval, ALinkInThePlaceOfTheHomeIsNotFollowed) {
  fs::rename(prefix_ + "/anna", outside_ + "/anna");
  fs::create_symlink(outside_ + "/anna", prefix_ + "/anna");
  ASSERT_EQ(::lchown((prefix_ + "/anna").c_str(), kGuest, kGuest), 0);
  EXPECT_EQ(homes().remove("anna").error(), Error::state_forbidden);
  EXPECT_TRUE(fs::exists(outside_ + "/anna/documents/letter"));
}

TEST_F(HomeRemoval, OnlyAGuestsHomeGoes) {
  for (const uid_t owner : {uid_t{0}, uid_t{1000}, uid_t{2'009'999'999}, uid_t{2'147'000'001}}) {
    ASSERT_EQ(::lchown((prefix_ + "/anna").c_str(), owner, owner), 0);
    EXPECT_EQ(homes().remove("anna").error(), Error::state_forbidden) << owner;
    EXPECT_TRUE(homes().remove_all(0).ok());
    home_is_whole();
  }
}

TEST_F(HomeRemoval, NamesThatLeadElsewhereAreNoNames) {
  give(outside_, kGuest);
  for (const char* name : {"", ".", "..", "../outside", "anna/documents", "/etc", ".cardea-leaving-1"})
    EXPECT_EQ(homes().remove(name).error(), Error::invalid_argument) << name;
  EXPECT_TRUE(fs::exists(outside_ + "/kept"));
  home_is_whole();
}

TEST_F(HomeRemoval, WhileHeIsThereNothingIsTouched) {
  EXPECT_EQ(homes([](uid_t uid) -> Result<bool> { return uid == kGuest; }).remove("anna").error(),
            Error::state_forbidden);
  home_is_whole();
  EXPECT_EQ(homes([](uid_t) -> Result<bool> { return Error::io_failed; }).remove("anna").error(),
            Error::io_failed);
  home_is_whole();
}

TEST_F(HomeRemoval, OneWhoComesBackMeanwhileFindsHisHome) {
  int looks = 0;
  EXPECT_EQ(homes([&](uid_t) -> Result<bool> { return ++looks == 2; }).remove("anna").error(),
            Error::state_forbidden);
  EXPECT_EQ(looks, 2);
  home_is_whole();
}

TEST_F(HomeRemoval, ATreeDeeperThanAnyPathGoes) {
  UniqueFd directory(::open((prefix_ + "/anna").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string name(200, 'd');
  for (int depth = 0; depth < 300; ++depth) {  // 60,000 bytes of path
    ASSERT_EQ(::mkdirat(directory.get(), name.c_str(), 0700), 0);
    directory.reset(::openat(directory.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(directory);
  }
  directory.reset();
  EXPECT_TRUE(homes().remove("anna").ok());
  all_is_gone();
}

TEST_F(HomeRemoval, NamesLikeItsOwnAndManyOfThemGo) {
  for (int i = 1; i < 30; ++i)
    fs::create_directories(prefix_ + "/anna/.moved-" + std::to_string(i) + "/.moved-" + std::to_string(i));
  for (int i = 0; i < 12'000; ++i)
    write(prefix_ + "/anna/documents/" + std::to_string(i), "");
  EXPECT_TRUE(homes().remove("anna").ok());
  all_is_gone();
}

TEST_F(HomeRemoval, WhatIsMountedInItIsNotHis) {
  const std::string at = prefix_ + "/anna/documents/deep";
  // From the same file system, so that the device number does not tell.
  ASSERT_EQ(::mount(outside_.c_str(), at.c_str(), nullptr, MS_BIND, nullptr), 0);
  EXPECT_EQ(homes().remove("anna").error(), Error::io_failed);
  EXPECT_TRUE(fs::exists(outside_ + "/kept"));
  EXPECT_FALSE(fs::exists(prefix_ + "/anna"));
  struct stat info {};
  std::string left;
  for (const auto& entry : fs::directory_iterator(prefix_))
    left = entry.path();
  ASSERT_EQ(::stat(left.c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, ::geteuid());  // nobody else comes in
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(::umount2((left + "/documents/deep").c_str(), MNT_DETACH), 0);
  EXPECT_TRUE(homes().remove_all(0).ok());  // what was left behind
  all_is_gone();
  EXPECT_TRUE(fs::exists(outside_ + "/kept"));
}

TEST_F(HomeRemoval, ADirectoryOthersMayWriteToIsNoPrefix) {
  ASSERT_EQ(::chmod(prefix_.c_str(), 0777), 0);
  EXPECT_EQ(GuestHomes::open(prefix_, has_processes).error(), Error::unsafe_file);
  ASSERT_EQ(::chmod(prefix_.c_str(), 0755), 0);
  ASSERT_EQ(::chown(prefix_.c_str(), kGuest, kGuest), 0);
  EXPECT_EQ(GuestHomes::open(prefix_, has_processes).error(), Error::unsafe_file);
  fs::create_symlink(outside_, dir_.file("link"));
  EXPECT_FALSE(GuestHomes::open(dir_.file("link"), has_processes).ok());
}

// As where openat2 is not permitted: a home that can't be looked at is not one of nobody's concern.
TEST_F(HomeRemoval, WhatCantBeOpenedIsTrouble) {
  constexpr uid_t kOther = 12'345;
  ASSERT_EQ(::chmod(fs::path(prefix_).parent_path().c_str(), 0755), 0);
  ASSERT_EQ(::chown(prefix_.c_str(), kOther, kOther), 0);
  ASSERT_EQ(::chmod((prefix_ + "/anna").c_str(), 0700), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setresuid(kOther, kOther, kOther) != 0) ::_exit(2);
    const auto opened = GuestHomes::open(prefix_, [](uid_t) -> Result<bool> { return false; });
    if (!opened.ok()) ::_exit(3);
    const bool said = opened->remove("anna").error() == Error::io_failed &&
                      opened->remove_all(0).error() == Error::io_failed;
    ::_exit(said ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  home_is_whole();
}

TEST_F(HomeRemoval, AllOfThemButTheYoung) {
  fs::create_directories(prefix_ + "/berta");
  give(prefix_ + "/berta", kGuest + 1);
  fs::create_directories(prefix_ + "/local");
  EXPECT_TRUE(homes().remove_all(3600).ok());
  home_is_whole();
  EXPECT_TRUE(homes([](uid_t uid) -> Result<bool> { return uid == kGuest; }).remove_all(0).ok());
  home_is_whole();
  EXPECT_FALSE(fs::exists(prefix_ + "/berta"));
  EXPECT_TRUE(fs::exists(prefix_ + "/local"));
}

TEST(Processes, OneThatRunsAsHimIsSeenUntilItHasEnded) {
  EXPECT_FALSE(*has_processes(kGuest + 7));
  int gate[2] = {-1, -1};
  ASSERT_EQ(::pipe2(gate, O_CLOEXEC), 0);
  int ready[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(gate[1]);
    char byte = 0;
    const bool changed = ::setresuid(kGuest + 7, kGuest + 7, kGuest + 7) == 0;
    (void)!::write(ready[1], changed ? "1" : "0", 1);
    (void)!::read(gate[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, '1');
  EXPECT_TRUE(*has_processes(kGuest + 7));
  ::close(gate[1]);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(*has_processes(kGuest + 7));  // a zombie has nothing open
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  for (const int end : {gate[0], ready[0], ready[1]})
    ::close(end);
}

// Who can't see all processes must not say that there is none.
TEST(Processes, AProcThatHidesThemIsAnError) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool hidden = ::unshare(CLONE_NEWNS) == 0 &&
                        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                        ::mount("proc", "/proc", "proc", 0, "hidepid=2") == 0;
    // Also out of the group 0, from which nothing is hidden.
    const bool changed = ::setgroups(0, nullptr) == 0 && ::setresgid(kGuest, kGuest, kGuest) == 0 &&
                         ::setresuid(kGuest + 7, kGuest + 7, kGuest + 7) == 0;
    if (!hidden || !changed) ::_exit(2);
    const auto there = has_processes(kGuest + 8);
    ::_exit(!there.ok() && there.error() == Error::io_failed ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "2: /proc could not be mounted";
}

}  // namespace
}  // namespace cardea::recoveryd
