// SPDX-License-Identifier: Apache-2.0
// What the daemon asks of the directories of its state, for which each system has calls of its own: made and
// taken so that nobody else can enter them or hold them at the same time, and files removed for good.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/base/result.h"

namespace cardea::recoveryd {

// While it lives, no other daemon takes the directory. On Windows the two directories can't be renamed or
// replaced meanwhile, either.
class DirectoryLock {
 public:
  // Makes `path` and `path`/users when they are missing, for nobody else to enter, and locks `path`/lock.
  // Error::unsafe_file when somebody else owns one of them or may enter it, or it is a link, on Windows also
  // when somebody else may write in the folder above;
  // already_exists when another daemon holds it; disk_full, io_failed. A disk that became read-only is taken.
  static Result<DirectoryLock> take(const std::string& path);

  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  ~DirectoryLock();

 private:
  struct Held;
  explicit DirectoryLock(std::unique_ptr<Held> held) noexcept;
  std::unique_ptr<Held> held_;
};

// Whether names can be looked up in it: only then does "no such file" say that there is none.
bool can_be_searched(const std::string& directory);

// Removes those of the files in `directory` that are there, in this order; what was removed stays so also
// after a power cut. Error::io_failed: the rest is still there.
Status remove_files(const std::string& directory, std::span<const std::string> paths);

}  // namespace cardea::recoveryd
