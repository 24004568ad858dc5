// SPDX-License-Identifier: Apache-2.0
// What goes through files, under Wine: it turns an access-control list into Unix bits and back, has no
// protected lists, no reparse points and one user. Those are judged in file_trust_test.
#include "core/base/secure_file.h"

#include <gtest/gtest.h>
#include <windows.h>

#include "core/base/windows/file_handle.h"
#include "core/base/windows/file_trust.h"
#include "tests/support/file_rights.h"
#include "tests/support/temp_dir.h"

namespace cardea {
namespace {

class WindowsSecureFile : public testing::Test {
 protected:
  std::size_t files_in_dir() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir_.path()))
      ++count;
    return count;
  }
  test::TempDir dir_;
};

TEST_F(WindowsSecureFile, WhenTheReplacementIsRefusedTheOldFileStaysAndNothingElse) {
  const auto path = dir_.file("state");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("one"), 0600).ok());
  {
    const auto held = open_file(path, GENERIC_READ, 0, OPEN_EXISTING);
    ASSERT_TRUE(held.ok());
    EXPECT_FALSE(write_file_atomically(path, as_bytes("two"), 0600).ok());
    EXPECT_FALSE(create_file_atomically(path, as_bytes("two"), 0600).ok());
    EXPECT_FALSE(read_secret_file(path).ok());
    EXPECT_EQ(files_in_dir(), 1u);
  }
  EXPECT_EQ(read_secret_file(path)->expose_text(), "one");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("two"), 0600).ok());
  EXPECT_EQ(read_secret_file(path)->expose_text(), "two");
}

TEST_F(WindowsSecureFile, AScannerThatSoonLetsGoDoesNotFailAWrite) {
  const auto path = dir_.file("state");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("one"), 0600).ok());
  auto held = open_file(path, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  ASSERT_TRUE(held.ok());
  const HANDLE scanner = CreateThread(
      nullptr, 0,
      [](void* file) -> DWORD {
        Sleep(40);
        static_cast<FileHandle*>(file)->reset();
        return 0;
      },
      &*held, 0, nullptr);
  ASSERT_NE(scanner, nullptr);
  EXPECT_TRUE(write_file_atomically(path, as_bytes("two"), 0600).ok());
  WaitForSingleObject(scanner, INFINITE);
  CloseHandle(scanner);
  EXPECT_EQ(read_secret_file(path)->expose_text(), "two");
}

TEST_F(WindowsSecureFile, ANewFileIsNobodyElsesAndSecretOnesAreNotRead) {
  const auto path = dir_.file("state");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("one"), 0600).ok());
  const auto file = open_file(path, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(examine_file(*file, path, FileKind::regular, Others::may_do_nothing).ok());
  EXPECT_EQ(examine_file(*file, path, FileKind::directory, Others::may_read).error(), Error::unsafe_file);
  test::give_rights(path, 0644);
  const auto status = examine_file(*file, path, FileKind::regular, Others::may_do_nothing);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.failure().detail, path + ": may be read or written by S-1-1-0");
}

TEST_F(WindowsSecureFile, DevicesAndPipesAreRefusedAndNeverTakenForAbsent) {
  for (const auto* name : {"nul", "aux.enrolment", "NUL.tries"}) {
    const auto read = read_config_file(dir_.file(name));
    ASSERT_FALSE(read.ok()) << name;
    EXPECT_EQ(read.error(), Error::unsafe_file) << name << read.failure().detail;
  }
  EXPECT_FALSE(write_file_atomically(dir_.file("nul"), as_bytes("x"), 0600).ok());
  EXPECT_FALSE(read_config_file("\\\\.\\pipe\\cardea-no-such-pipe").ok());
}

TEST_F(WindowsSecureFile, PathsAreUtf8) {
  const auto path = dir_.file("zürich-北京.conf");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("x"), 0644).ok());
  EXPECT_TRUE(read_config_file(path).ok());
  EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(dir_.path()) / L"zürich-北京.conf"));
  EXPECT_EQ(read_config_file(dir_.file("\xff")).error(), Error::invalid_argument);
  EXPECT_EQ(read_config_file(dir_.file(std::string("a\0b", 3))).error(), Error::invalid_argument);
  EXPECT_EQ(read_config_file("").error(), Error::invalid_argument);
  EXPECT_FALSE(read_config_file(std::string(40000, 'x')).ok());
}

TEST_F(WindowsSecureFile, AFolderThatIsHeldStays) {
  ASSERT_TRUE(std::filesystem::create_directory(dir_ / "folder"));
  const auto path = dir_.file("folder/file");
  {
    const auto held = hold_folder_of(path);
    ASSERT_TRUE(held.ok()) << held.failure().detail;
    std::error_code error;
    std::filesystem::rename(dir_ / "folder", dir_ / "moved", error);
    EXPECT_TRUE(error);
    EXPECT_TRUE(write_file_atomically(path, as_bytes("x"), 0600).ok()) << "others still work in it";
  }
  EXPECT_FALSE(hold_folder_of(path + "/below").ok()) << "a file is no folder";
}

TEST(WindowsErrorCodes, AreTheSameErrorsAsElsewhere) {
  for (const DWORD code : {ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL, ERROR_WRITE_PROTECT, 1295L})
    EXPECT_EQ(fail_code("p", "w", static_cast<DWORD>(code)).error, Error::disk_full);
  EXPECT_EQ(fail_code("p", "w", ERROR_PATH_NOT_FOUND).error, Error::not_found);
  EXPECT_EQ(fail_code("p", "w", ERROR_ACCESS_DENIED).error, Error::permission_denied);
  EXPECT_EQ(fail_code("p", "w", ERROR_FILE_EXISTS).error, Error::already_exists);
  EXPECT_EQ(fail_code("p", "w", ERROR_SHARING_VIOLATION).error, Error::io_failed);
  EXPECT_EQ(fail_code("p", "w", ERROR_SHARING_VIOLATION).detail, "p: w: Windows error 32");
}

}  // namespace
}  // namespace cardea
