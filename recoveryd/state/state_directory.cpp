// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/state_directory.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

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

Result<StateDirectory> StateDirectory::open(const std::string& path) {
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
  return StateDirectory(path, std::move(lock));
}

}  // namespace cardea::recoveryd
