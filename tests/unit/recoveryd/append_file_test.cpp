// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/append_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {
namespace {

class AppendFileTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string content() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const test::TempDir root_;
  const std::string path_ = root_.file("log");
};

TEST_F(AppendFileTest, GrowsAndGoesOnWhereItEnded) {
  {
    auto file = AppendFile::open(path_);
    ASSERT_TRUE(file.ok()) << file.failure().detail;
    EXPECT_EQ(file->size(), std::uint64_t{0});
    ASSERT_TRUE(file->append("one\n").ok());
    ASSERT_TRUE(file->append("").ok());
    EXPECT_EQ(file->size(), std::uint64_t{4});
    EXPECT_EQ(content(), "one\n") << "without being closed";
  }
  auto again = AppendFile::open(path_);
  ASSERT_TRUE(again.ok());
  ASSERT_TRUE(again->append("two\r\n").ok());
  EXPECT_EQ(content(), "one\ntwo\r\n");
}

TEST_F(AppendFileTest, EachWriterAppendsWhereTheFileEndsNow) {
  auto first = AppendFile::open(path_), second = AppendFile::open(path_);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(first->append("one").ok());
  ASSERT_TRUE(second->append("two").ok());
  ASSERT_TRUE(first->append("three").ok());
  EXPECT_EQ(content(), "onetwothree");
}

TEST_F(AppendFileTest, OfNoFileNothingIsKnownAndNothingWritten) {
  AppendFile none;
  EXPECT_FALSE(none);
  EXPECT_FALSE(none.size().has_value());
  EXPECT_EQ(none.append("x").error(), Error::io_failed);
  auto file = AppendFile::open(path_);
  ASSERT_TRUE(file.ok());
  none = std::move(file).value();
  EXPECT_TRUE(none);
  none.close();
  EXPECT_FALSE(none);
  EXPECT_EQ(none.append("x").error(), Error::io_failed);
  std::filesystem::rename(path_, path_ + ".1");
}

TEST_F(AppendFileTest, IsNotMadeWhereThereIsNoDirectory) {
  EXPECT_FALSE(AppendFile::open(root_.file("no/such/log")).ok());
  EXPECT_FALSE(AppendFile::open(root_.path()).ok());
}

}  // namespace
}  // namespace cardea::recoveryd
