// SPDX-License-Identifier: Apache-2.0
#include "core/base/windows/file_handle.h"

#include <limits>

#include "core/base/windows/file_trust.h"

namespace cardea {
namespace {

constexpr DWORD kDiskQuotaExceeded = 1295;  // ERROR_DISK_QUOTA_EXCEEDED, which mingw-w64 10 has not
constexpr int kMovingTries = 8;
constexpr DWORD kPauseMs = 25;

}  // namespace

Result<std::wstring> wide_path(const std::string& path) {
  if (path.empty() || path.size() > static_cast<std::size_t>(std::numeric_limits<short>::max()) ||
      path.find('\0') != std::string::npos) {
    return fail(Error::invalid_argument, path + ": can't be a path");
  }
  std::wstring wide(path.size(), L'\0');  // never more units than bytes
  const int units =
      MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path.data(), static_cast<int>(path.size()),
                          wide.data(), static_cast<int>(wide.size()));
  if (units <= 0) return fail(Error::invalid_argument, "a path is not UTF-8");
  wide.resize(static_cast<std::size_t>(units));
  return wide;
}

Failure fail_code(const std::string& path, const char* what, DWORD code) {
  const std::string detail = path + ": " + what + ": Windows error " + std::to_string(code);
  switch (code) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
      return fail(Error::not_found, detail);
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case kDiskQuotaExceeded:
    case ERROR_WRITE_PROTECT:
      return fail(Error::disk_full, detail);
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
      return fail(Error::permission_denied, detail);
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
      return fail(Error::already_exists, detail);
    case ERROR_CANT_ACCESS_FILE:
      return fail(Error::unsafe_file, detail);
    default:
      return fail(Error::io_failed, detail);
  }
}

DWORD open_file(const std::wstring& path, DWORD access, DWORD share, DWORD disposition,
                SECURITY_ATTRIBUTES* security, FileHandle& file) noexcept {
  constexpr DWORD kFlags =
      FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS;
  const HANDLE opened = CreateFileW(path.c_str(), access, share, security, disposition, kFlags, nullptr);
  if (opened == INVALID_HANDLE_VALUE) return GetLastError();
  file = FileHandle(opened);
  return ERROR_SUCCESS;
}

Result<FileHandle> open_file(const std::string& path, DWORD access, DWORD share, DWORD disposition,
                             SECURITY_ATTRIBUTES* security) {
  TRY_ASSIGN(const std::wstring wide, wide_path(path));
  FileHandle file;
  const DWORD code = open_file(wide, access, share, disposition, security, file);
  if (code != ERROR_SUCCESS) return fail_code(path, "can't be opened", code);
  return file;
}

DWORD move_file(const std::wstring& from, const std::wstring& to, DWORD flags) noexcept {
  for (int left = kMovingTries;; --left) {
    if (MoveFileExW(from.c_str(), to.c_str(), flags | MOVEFILE_WRITE_THROUGH) != 0) return ERROR_SUCCESS;
    const DWORD code = GetLastError();
    const bool busy = code == ERROR_SHARING_VIOLATION || code == ERROR_ACCESS_DENIED;
    if (!busy || left <= 1) return code;
    Sleep(kPauseMs);
  }
}

SplitPath split_path(const std::string& path) {
  const auto separator = path.find_last_of("/\\");
  if (separator == std::string::npos) return {".\\", path};
  return {path.substr(0, separator + 1), path.substr(separator + 1)};
}

Result<FileHandle> hold_folder_of(const std::string& path) {
  const std::string folder = split_path(path).folder;
  // Sharing counts only for handles that read, write or delete: hence the right to list.
  TRY_ASSIGN(FileHandle handle, open_file(folder, FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES,
                                          FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING));
  BY_HANDLE_FILE_INFORMATION info{};
  if (GetFileInformationByHandle(handle.get(), &info) == 0)
    return fail_code(folder, "can't be examined", GetLastError());
  const auto reason = distrust(GetFileType(handle.get()), info.dwFileAttributes, FileKind::directory);
  if (!reason.empty()) return fail(Error::unsafe_file, folder + ": " + reason);
  return handle;
}

}  // namespace cardea
