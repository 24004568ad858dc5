// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_writer.h"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

#include "nss_helper/database_check.h"
#include "nss_helper/database_mapping.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/nss_helper/samples.h"

namespace cardea::nss {
namespace {

class DatabaseWriter : public ::testing::Test {
 protected:
  // The mark in a file that some process has mapped.
  static Mapping map(const std::string& path) {
    Mapping mapping;
    EXPECT_EQ(map_database(path.c_str(), nullptr, mapping), 0);
    return mapping;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
      names.push_back(entry.path().filename());
    return names;
  }
  const cardea::test::TempDir dir_;
  const std::string path_ = dir_.file("accounts.db");
};

TEST_F(DatabaseWriter, PutsAFileInPlaceThatEverybodyMayReadAndNobodyWrite) {
  const mode_t before = ::umask(0077);
  const std::string path = dir_.file("cardea/accounts.db");
  test::publish(path, test::sample_list());
  ::umask(before);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0644u);
  ASSERT_EQ(::stat(dir_.file("cardea").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0755u);
  const auto state = check_database_file(path);
  ASSERT_TRUE(state.ok()) << state.failure().detail;
  EXPECT_EQ(state->list, test::sample_list());
}

TEST_F(DatabaseWriter, MarksTheOldFileInEveryMappingOfIt) {
  test::publish(path_, test::sample_list(), 1);
  const Mapping old = map(path_);
  EXPECT_FALSE(old.view.is_replaced());
  test::publish(path_, test::sample_list(), 2);
  EXPECT_TRUE(old.view.is_replaced());
  const Mapping now = map(path_);
  EXPECT_FALSE(now.view.is_replaced());
  EXPECT_EQ(now.view.generation(), 2u);
  EXPECT_EQ(files(), std::vector<std::string>{"accounts.db"});
  unmap(old);
  unmap(now);
}

TEST_F(DatabaseWriter, AMarkThatAPowerFailureLeftIsSeenByTheCheck) {
  test::publish(path_, test::sample_list());
  EXPECT_FALSE(check_database_file(path_)->replaced);
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(kReplacedOffset);
  file.put('\1');
  file.close();
  ASSERT_TRUE(check_database_file(path_).ok());
  EXPECT_TRUE(check_database_file(path_)->replaced);
}

TEST_F(DatabaseWriter, WhenTheRenameFailsTheOldOneStaysInUse) {
  test::publish(path_, test::sample_list(), 1);
  const Mapping old = map(path_);
  // A directory in the place of the new file's name: writing it fails.
  std::filesystem::create_directory(path_ + ".next");
  EXPECT_FALSE(replace_database(path_, test::image_of({}, 2)).ok());
  EXPECT_FALSE(old.view.is_replaced());
  EXPECT_EQ(check_database_file(path_)->generation, 1u);
  unmap(old);
}

TEST_F(DatabaseWriter, ADirectoryInTheFilesPlaceIsAnErrorAndLeavesNothingBehind) {
  std::filesystem::create_directory(path_);
  EXPECT_FALSE(replace_database(path_, test::image_of({}, 2)).ok());
  EXPECT_EQ(files(), std::vector<std::string>{"accounts.db"});
}

TEST_F(DatabaseWriter, ADamagedImageIsNotPutInPlace) {
  test::publish(path_, test::sample_list(), 1);
  Bytes image = test::image_of({}, 2);
  image[kHeaderBytes + 9] ^= 1;
  EXPECT_EQ(replace_database(path_, image).error(), Error::corrupted);
  EXPECT_EQ(check_database_file(path_)->generation, 1u);
}

TEST_F(DatabaseWriter, ASymbolicLinkIsReplacedAndNotFollowed) {
  const std::string target = dir_.file("target");
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, path_);
  test::publish(path_, test::sample_list());
  EXPECT_FALSE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(std::filesystem::file_size(target), 8u);
}

TEST_F(DatabaseWriter, WithdrawingMarksAndRemoves) {
  test::publish(path_, test::sample_list());
  const Mapping old = map(path_);
  EXPECT_TRUE(withdraw_database(path_).ok());
  EXPECT_TRUE(old.view.is_replaced());
  EXPECT_TRUE(files().empty());
  EXPECT_TRUE(withdraw_database(path_).ok());
  EXPECT_EQ(check_database_file(path_).error(), Error::not_found);
  unmap(old);
}

}  // namespace
}  // namespace cardea::nss
