// SPDX-License-Identifier: Apache-2.0
#include "core/base/secure_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/file_rights.h"
#include "tests/support/temp_dir.h"

namespace cardea {
namespace {

class SecureFile : public testing::Test {
 protected:
  std::string make(const std::string& name, const std::string& content, unsigned mode) {
    const std::string path = dir_.file(name);
    std::ofstream(path, std::ios::binary) << content;
    test::give_rights(path, mode);
    return path;
  }
  std::size_t files_in_dir() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir_.path()))
      ++count;
    return count;
  }
  test::TempDir dir_;
};

TEST_F(SecureFile, ReadsWhatOnlyWeCanWrite) {
  const auto bytes = read_config_file(make("a.conf", "hello", 0644));
  ASSERT_TRUE(bytes.ok()) << bytes.failure().detail;
  EXPECT_EQ(as_text(*bytes), "hello");
  EXPECT_TRUE(read_config_file(make("empty.conf", "", 0644))->empty());
}

TEST_F(SecureFile, RefusesWhatOthersCanWrite) {
  EXPECT_EQ(read_config_file(make("group.conf", "x", 0664)).error(), Error::unsafe_file);
  EXPECT_EQ(read_config_file(make("other.conf", "x", 0646)).error(), Error::unsafe_file);
}

TEST_F(SecureFile, RefusesSecretsOthersCanRead) {
  EXPECT_TRUE(read_secret_file(make("good", "x", 0400)).ok());
  EXPECT_TRUE(read_secret_file(make("good2", "x", 0600)).ok());
  EXPECT_EQ(read_secret_file(make("bad", "x", 0440)).error(), Error::unsafe_file);
  EXPECT_EQ(read_secret_file(make("bad2", "x", 0604)).error(), Error::unsafe_file);
}

TEST_F(SecureFile, RefusesDirectoriesAndWhatIsNotThere) {
  EXPECT_EQ(read_config_file(dir_.path()).error(), Error::unsafe_file);
  EXPECT_EQ(read_config_file(dir_.file("absent")).error(), Error::not_found);
  EXPECT_EQ(read_config_file(dir_.file("no/such/dir")).error(), Error::not_found);
}

TEST_F(SecureFile, TheLimitIsExact) {
  EXPECT_TRUE(read_config_file(make("max", std::string(65536, 'x'), 0600)).ok());
  EXPECT_EQ(read_config_file(make("over", std::string(65537, 'x'), 0600)).error(), Error::limit_exceeded);
  EXPECT_EQ(read_secret_file(make("secret", "12345", 0600), 4).error(), Error::limit_exceeded);
}

TEST_F(SecureFile, ReplacesWholeAndLeavesNothingBehind) {
  const auto path = dir_.file("state");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("one"), 0600).ok());
  ASSERT_TRUE(write_file_atomically(path, as_bytes("two"), 0600).ok());
  EXPECT_EQ(read_secret_file(path)->expose_text(), "two");
  EXPECT_EQ(files_in_dir(), 1u);
}

TEST_F(SecureFile, AnEmptyFileIsAFile) {
  const auto path = dir_.file("state");
  ASSERT_TRUE(write_file_atomically(path, Bytes{}, 0600).ok());
  EXPECT_TRUE(read_secret_file(path)->empty());
}

TEST_F(SecureFile, CreateNeverReplaces) {
  const auto path = dir_.file("secret");
  ASSERT_TRUE(create_file_atomically(path, as_bytes("one"), 0400).ok());
  EXPECT_EQ(create_file_atomically(path, as_bytes("two"), 0400).error(), Error::already_exists);
  EXPECT_EQ(read_secret_file(path)->expose_text(), "one");
  EXPECT_EQ(files_in_dir(), 1u);
}

TEST_F(SecureFile, WhatCannotBeWrittenIsNamed) {
  EXPECT_EQ(write_file_atomically(dir_.file("no/such/dir"), as_bytes("x"), 0600).error(), Error::not_found);
  EXPECT_EQ(write_file_atomically(dir_.path() + "/", as_bytes("x"), 0600).error(), Error::invalid_argument);
}

}  // namespace
}  // namespace cardea
