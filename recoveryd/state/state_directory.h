// SPDX-License-Identifier: Apache-2.0
// The daemon's own directory: made, checked and locked at start, so that no two daemons share one and nobody
// else can read or replace what is in it.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "recoveryd/state/own_directory.h"

namespace cardea::recoveryd {

// Of the files of a user.
inline constexpr std::string_view kEnrolmentExtension = "enrolment", kTriesExtension = "tries",
                                  kRemoteTriesExtension = "remote-tries";

class StateDirectory {
 public:
  // As DirectoryLock::take().
  static Result<StateDirectory> open(const std::string& path);

  [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  // `user` must be an account name (core/base/text.h): it becomes part of a path.
  [[nodiscard]] std::string user_file(std::string_view user, std::string_view extension) const {
    return path_ + "/users/" + std::string(user) + "." + std::string(extension);
  }
  [[nodiscard]] std::string users() const { return path_ + "/users"; }

 private:
  StateDirectory(std::string path, DirectoryLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  DirectoryLock lock_;
};

}  // namespace cardea::recoveryd
