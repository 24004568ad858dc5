// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/own_directory.h"

#include "core/base/random.h"
#include "core/base/windows/file_handle.h"
#include "core/base/windows/file_trust.h"

namespace cardea::recoveryd {
namespace {

// The right to list, because only then does what we do not share count: nobody renames or replaces it.
constexpr DWORD kHold = FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_READ_ATTRIBUTES | READ_CONTROL;
constexpr DWORD kNoReplacing = FILE_SHARE_READ | FILE_SHARE_WRITE;

// Whoever could write there could exchange the directory for an older one, or for none, while no daemon runs.
Result<FileHandle> folder_above(const std::string& path) {
  const std::string folder = split_path(path).folder;
  TRY_ASSIGN(FileHandle handle, open_file(folder, kHold, kNoReplacing, OPEN_EXISTING));
  TRY(examine_file(handle, folder, FileKind::directory, Others::may_read));
  return handle;
}

// Whoever was here first owns it: that everybody may make folders in %ProgramData% gets nobody into ours.
Result<FileHandle> own_directory(const std::string& path) {
  TRY_ASSIGN(const std::wstring name, wide_path(path));
  NewFileSecurity security(FileKind::directory, Others::may_do_nothing);
  if (security.get() == nullptr) return fail_code(path, "can't be protected", GetLastError());
  const DWORD code = CreateDirectoryW(name.c_str(), security.get()) != 0 ? ERROR_SUCCESS : GetLastError();
  if (code != ERROR_SUCCESS && code != ERROR_ALREADY_EXISTS) return fail_code(path, "can't be made", code);
  TRY_ASSIGN(FileHandle directory, open_file(path, kHold, kNoReplacing, OPEN_EXISTING));
  TRY(examine_file(directory, path, FileKind::directory, Others::may_do_nothing));
  return directory;
}

Result<FileHandle> lock_file(const std::string& path) {
  TRY_ASSIGN(const std::wstring name, wide_path(path));
  NewFileSecurity security(FileKind::regular, Others::may_do_nothing);
  if (security.get() == nullptr) return fail_code(path, "can't be protected", GetLastError());
  FileHandle lock;
  DWORD code = open_file(name, GENERIC_READ | GENERIC_WRITE, 0, OPEN_ALWAYS, security.get(), lock);
  // A disk that became read-only refuses access keys, never cards: the daemon must start from it.
  if (code == ERROR_WRITE_PROTECT) code = open_file(name, GENERIC_READ, 0, OPEN_EXISTING, nullptr, lock);
  if (code == ERROR_SHARING_VIOLATION)
    return fail(Error::already_exists, path + ": another cardea-recoveryd uses this directory");
  if (code != ERROR_SUCCESS) return fail_code(path, "can't be opened", code);
  TRY(examine_file(lock, path, FileKind::regular, Others::may_do_nothing));
  return lock;
}

// Under another name, for good, before it is removed: what a power cut then leaves is a name nobody reads.
DWORD remove_file(const std::string& path) {
  const auto from = wide_path(path);
  const auto aside = wide_path(path + "." + to_hex(SystemRandom().array<8>()) + ".removed");
  if (!from.ok() || !aside.ok()) return ERROR_INVALID_NAME;
  if (const DWORD code = move_file(*from, *aside, 0); code != ERROR_SUCCESS) return code;
  return DeleteFileW(aside->c_str()) != 0 ? ERROR_SUCCESS : GetLastError();
}

}  // namespace

struct DirectoryLock::Held {
  FileHandle above;
  FileHandle directory;
  FileHandle users;
  FileHandle lock;
};

DirectoryLock::DirectoryLock(std::unique_ptr<Held> held) noexcept : held_(std::move(held)) {}
DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept = default;
DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept = default;
DirectoryLock::~DirectoryLock() = default;

Result<DirectoryLock> DirectoryLock::take(const std::string& path) {
  TRY_ASSIGN(FileHandle above, folder_above(path));
  TRY_ASSIGN(FileHandle directory, own_directory(path));
  TRY_ASSIGN(FileHandle users, own_directory(path + "/users"));
  TRY_ASSIGN(FileHandle lock, lock_file(path + "/lock"));
  return DirectoryLock(std::make_unique<Held>(
      Held{std::move(above), std::move(directory), std::move(users), std::move(lock)}));
}

bool can_be_searched(const std::string& directory) {
  const auto opened = open_file(directory, kHold, kNoReplacing | FILE_SHARE_DELETE, OPEN_EXISTING);
  return opened.ok() && examine_file(*opened, directory, FileKind::directory, Others::may_do_nothing).ok();
}

Status remove_files(const std::string& directory, std::span<const std::string> paths) {
  if (!can_be_searched(directory)) return fail(Error::io_failed, directory + ": can't be read");
  for (const std::string& path : paths) {
    const DWORD code = remove_file(path);
    if (code != ERROR_SUCCESS && code != ERROR_FILE_NOT_FOUND)
      return fail_code(path, "can't be removed", code);
  }
  return {};
}

}  // namespace cardea::recoveryd
