// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/own_directory.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/linux/unique_fd.h"

namespace cardea::recoveryd {
namespace {

Status own_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(errno == ENOSPC || errno == EROFS ? Error::disk_full : Error::io_failed,
                path + ": can't be made");
  }
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return fail(Error::io_failed, path + ": can't be read");
  if (!S_ISDIR(info.st_mode)) return fail(Error::unsafe_file, path + ": not a directory");
  if (info.st_uid != ::geteuid()) return fail(Error::unsafe_file, path + ": belongs to another user");
  if ((info.st_mode & 077) != 0) return fail(Error::unsafe_file, path + ": others may enter it (chmod 700)");
  return {};
}

}  // namespace

struct DirectoryLock::Held {
  UniqueFd lock;
};

DirectoryLock::DirectoryLock(std::unique_ptr<Held> held) noexcept : held_(std::move(held)) {}
DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept = default;
DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept = default;
DirectoryLock::~DirectoryLock() = default;

Result<DirectoryLock> DirectoryLock::take(const std::string& path) {
  TRY(own_directory(path));
  TRY(own_directory(path + "/users"));
  UniqueFd lock(::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  // A disk that became read-only refuses access keys, never cards: the daemon must start from it.
  if (!lock && errno == EROFS)
    lock = UniqueFd(::open((path + "/lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!lock)
    return fail(errno == ENOSPC || errno == EROFS ? Error::disk_full : Error::io_failed,
                path + "/lock: can't be opened");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Error::already_exists, path + ": another cardea-recoveryd uses this directory");
  }
  return DirectoryLock(std::make_unique<Held>(Held{std::move(lock)}));
}

bool can_be_searched(const std::string& directory) { return ::access(directory.c_str(), R_OK | X_OK) == 0; }

Status remove_files(const std::string& directory, std::span<const std::string> paths) {
  for (const std::string& path : paths) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
      return fail(Error::io_failed, path + ": can't be removed");
  }
  const UniqueFd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return fail(Error::io_failed, directory + ": can't be synced");
  return {};
}

}  // namespace cardea::recoveryd
