// SPDX-License-Identifier: Apache-2.0
// The handle of an open file as a move-only owner, and what every user of such handles needs: paths in
// UTF-16, and the Error of a Windows error code.
#pragma once

#include <string>
#include <utility>

#include <windows.h>

#include "core/base/result.h"

namespace cardea {

class FileHandle {
 public:
  FileHandle() noexcept = default;
  explicit FileHandle(HANDLE handle) noexcept : handle_(handle) {}
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  FileHandle(FileHandle&& other) noexcept : handle_(std::exchange(other.handle_, INVALID_HANDLE_VALUE)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~FileHandle() { reset(); }

  [[nodiscard]] HANDLE get() const noexcept { return handle_; }
  explicit operator bool() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }
  void reset() noexcept {
    if (handle_ != INVALID_HANDLE_VALUE) (void)CloseHandle(handle_);
    handle_ = INVALID_HANDLE_VALUE;
  }

 private:
  HANDLE handle_ = INVALID_HANDLE_VALUE;
};

// Error::invalid_argument for what is not UTF-8 or has a zero in it.
Result<std::wstring> wide_path(const std::string& path);

// "PATH: WHAT: Windows error N". ERROR_DISK_FULL, HANDLE_DISK_FULL, DISK_QUOTA_EXCEEDED and WRITE_PROTECT are
// disk_full; what is not in the list is io_failed.
Failure fail_code(const std::string& path, const char* what, DWORD code);

// Opens `path` itself, never what a reparse point at its end leads to, and a directory, too; no pipe's server
// may act in our name. `share` is FILE_SHARE_*, `disposition` as of CreateFileW; `security` only for new
// files.
Result<FileHandle> open_file(const std::string& path, DWORD access, DWORD share, DWORD disposition,
                             SECURITY_ATTRIBUTES* security = nullptr);
// The same for who must know the reason himself: ERROR_SUCCESS and `file`, or the Windows error code.
DWORD open_file(const std::wstring& path, DWORD access, DWORD share, DWORD disposition,
                SECURITY_ATTRIBUTES* security, FileHandle& file) noexcept;

// MoveFileExW with `flags` (MOVEFILE_*), written through. While a virus scanner or a backup looks at one of
// the files it is refused: then tried again for 0.2 s. ERROR_SUCCESS, or the Windows error code.
DWORD move_file(const std::wstring& from, const std::wstring& to, DWORD flags) noexcept;

// Opens the folder in which `path` lies so that, while it is held, neither it nor a folder above it can be
// renamed or replaced. Error::unsafe_file when it is a junction or a link.
Result<FileHandle> hold_folder_of(const std::string& path);

// `path` up to and with its last separator (".\" when it has none), and the rest.
struct SplitPath {
  std::string folder;
  std::string name;
};
SplitPath split_path(const std::string& path);

}  // namespace cardea
