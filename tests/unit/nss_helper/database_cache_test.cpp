// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/database_cache.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"
#include "tests/unit/nss_helper/samples.h"

namespace cardea::nss {
namespace {

class DatabaseCacheTest : public ::testing::Test {
 protected:
  // The generation that a look-up sees now; 0 when there is none, with the reason in error_.
  std::uint64_t generation() {
    const DatabaseUse use(cache_, path_.c_str());
    error_ = use.error();
    return use.view() == nullptr ? 0 : use.view()->generation();
  }
  const cardea::test::TempDir dir_;
  std::string path_ = dir_.file("accounts.db");
  DatabaseCache cache_;
  int error_ = 0;
};

TEST_F(DatabaseCacheTest, ComesAndGoesWithTheFile) {
  EXPECT_EQ(generation(), 0u);
  EXPECT_EQ(error_, ENOENT);
  test::publish(path_, test::sample_list(), 1);
  EXPECT_EQ(generation(), 1u);
  test::publish(path_, test::sample_list(), 2);
  EXPECT_EQ(generation(), 2u);
  EXPECT_EQ(cache_.mappings(), 1u);
  ASSERT_TRUE(withdraw_database(path_).ok());
  EXPECT_EQ(generation(), 0u);
  EXPECT_EQ(error_, ENOENT);
}

TEST_F(DatabaseCacheTest, AUseKeepsItsFileWhileOthersMoveOn) {
  test::publish(path_, test::sample_list(), 1);
  std::optional<DatabaseUse> old(std::in_place, cache_, path_.c_str());
  test::publish(path_, test::sample_list(), 2);
  EXPECT_EQ(generation(), 2u);
  EXPECT_EQ(cache_.mappings(), 2u);
  EXPECT_EQ(old->view()->generation(), 1u);
  Record record;
  EXPECT_EQ(old->view()->by_id(test::kAlice, record), Lookup::found);
  old.reset();
  EXPECT_EQ(cache_.mappings(), 1u);
}

TEST_F(DatabaseCacheTest, WithAllPlacesHeldALookUpMapsForItself) {
  std::optional<DatabaseUse> held[6];
  for (unsigned i = 0; i < 6; ++i) {
    test::publish(path_, test::sample_list(), i + 1);
    held[i].emplace(cache_, path_.c_str());
    ASSERT_NE(held[i]->view(), nullptr);
    EXPECT_EQ(held[i]->view()->generation(), i + 1);
  }
  EXPECT_EQ(cache_.mappings(), 4u);
  for (unsigned i = 0; i < 6; ++i)
    EXPECT_EQ(held[i]->view()->generation(), i + 1);
  for (auto& one : held)
    one.reset();
  EXPECT_EQ(generation(), 6u);
  EXPECT_EQ(cache_.mappings(), 1u);
}

// The writer died between the mark and the rename.
TEST_F(DatabaseCacheTest, AMarkedFileInPlaceIsUsedAndAskedAboutEachTime) {
  test::publish(path_, test::sample_list(), 1);
  EXPECT_EQ(generation(), 1u);
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(kReplacedOffset);
  file.put('\1');
  file.close();
  EXPECT_EQ(generation(), 1u);
  EXPECT_EQ(generation(), 1u);
  EXPECT_EQ(cache_.mappings(), 1u);
  test::publish(path_, test::sample_list(), 2);
  EXPECT_EQ(generation(), 2u);
}

TEST_F(DatabaseCacheTest, AFileThatOthersMayWriteIsNotUsed) {
  test::publish(path_, test::sample_list());
  for (const mode_t mode : {0664, 0646, 0666}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    EXPECT_EQ(generation(), 0u);
    EXPECT_EQ(error_, EIO);
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  EXPECT_EQ(generation(), 1u);
}

TEST(DatabaseMapping, OnlyRootOrTheOwnerOfTheDirectoryMayHaveWrittenIt) {
  const auto info = [](uid_t owner, mode_t mode) {
    struct stat out {};
    out.st_uid = owner;
    out.st_mode = mode;
    return out;
  };
  const struct stat of_root = info(0, S_IFDIR | 0755);
  const struct stat of_daemon = info(500, S_IFDIR | 0755);
  EXPECT_TRUE(is_trusted(info(0, S_IFREG | 0644), of_root));
  EXPECT_TRUE(is_trusted(info(0, S_IFREG | 0644), of_daemon));
  EXPECT_TRUE(is_trusted(info(500, S_IFREG | 0644), of_daemon));
  EXPECT_FALSE(is_trusted(info(500, S_IFREG | 0644), of_root));
  EXPECT_FALSE(is_trusted(info(1000, S_IFREG | 0644), of_daemon));
  EXPECT_FALSE(is_trusted(info(0, S_IFREG | 0664), of_root));
  EXPECT_FALSE(is_trusted(info(0, S_IFIFO | 0644), of_root));
  EXPECT_FALSE(is_trusted(info(0, S_IFREG | 0644), info(0, S_IFDIR | 01777)));
}

TEST_F(DatabaseCacheTest, ADirectoryThatOthersMayWriteMakesItUnusable) {
  test::publish(path_, test::sample_list());
  ASSERT_EQ(::chmod(dir_.path().c_str(), 01777), 0);
  EXPECT_EQ(generation(), 0u);
  EXPECT_EQ(error_, EIO);
}

TEST_F(DatabaseCacheTest, NeitherALinkNorAFifoNorADirectoryIsTheDatabase) {
  const std::string real = dir_.file("real");
  test::publish(real, test::sample_list());
  std::filesystem::create_symlink(real, path_);
  EXPECT_EQ(generation(), 0u);
  EXPECT_EQ(error_, EIO);
  std::filesystem::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(generation(), 0u);
  EXPECT_EQ(error_, EIO);
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(generation(), 0u);
}

TEST_F(DatabaseCacheTest, ALinkedDirectoryIsNotEntered) {
  test::publish(dir_.file("real/accounts.db"), test::sample_list());
  std::filesystem::create_directory_symlink(dir_.file("real"), dir_.file("link"));
  path_ = dir_.file("link/accounts.db");
  EXPECT_EQ(generation(), 0u);
}

TEST_F(DatabaseCacheTest, AnythingElseInTheFilesPlaceIsRefused) {
  for (const std::size_t size : {0u, 1u, 255u, 256u, 4096u}) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << std::string(size, 'x');
    EXPECT_EQ(generation(), 0u) << size;
    EXPECT_EQ(error_, EIO) << size;
  }
}

TEST_F(DatabaseCacheTest, KeepsErrno) {
  errno = 77;
  EXPECT_EQ(generation(), 0u);
  test::publish(path_, test::sample_list());
  errno = 77;
  EXPECT_EQ(generation(), 1u);
  EXPECT_EQ(errno, 77);
}

}  // namespace
}  // namespace cardea::nss
