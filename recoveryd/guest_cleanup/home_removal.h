// SPDX-License-Identifier: Apache-2.0
// Removes the home of a guest who has left, as root, in a directory tree that the guest has made: everything
// in it may be a trap (docs/spec/guests.md, "Home"). Called by cardea-guest-cleanup.
#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/result.h"

namespace cardea::recoveryd {

// Whether anything runs as this user.
using IsThere = std::function<Result<bool>(uid_t)>;
// From /proc: a process any of whose four uids this is, and which has not ended. Error::io_failed also where
// /proc hides other users' processes.
Result<bool> has_processes(uid_t uid);

class GuestHomes {
 public:
  // `prefix` must be a directory of the caller's that nobody else may write to, reached without a symbolic
  // link as last component: Error::unsafe_file.
  static Result<GuestHomes> open(const std::string& prefix, IsThere is_there);

  // Removes the home `name` below the prefix. Its owner must be a number of a guest. Error::not_found: there
  // is none. Error::state_forbidden: it is not a guest's, or he is still there; nothing was changed.
  // Error::io_failed: something in it could not be removed; the rest is gone, and it has another name.
  Status remove(const std::string& name) const;
  // The same with every home of a guest that is not younger than `least_age_seconds`, and with what earlier
  // calls have left behind. The first trouble of any, after all were tried.
  Status remove_all(std::int64_t least_age_seconds) const;

 private:
  GuestHomes(UniqueFd prefix, IsThere is_there)
      : prefix_(std::move(prefix)), is_there_(std::move(is_there)) {}
  Status remove_leaving(const std::string& name) const;

  UniqueFd prefix_;
  IsThere is_there_;
};

}  // namespace cardea::recoveryd
