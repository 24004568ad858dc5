// SPDX-License-Identifier: Apache-2.0
// Counts access-key tries durably: a try is on disk as failed before the key is looked at
// (docs/spec/enrolment-store.md, "Order of writes"). Where it can't be written, no access key is looked at;
// cards are not touched by this.
#pragma once

#include <mutex>

#include "core/login/lockout.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

struct TryAllowed {
  bool allowed = false;
  std::int64_t wait_seconds = 0;  // when not
};

class ThrottleStore {
 public:
  explicit ThrottleStore(const StateDirectory& directory) : directory_(directory) {}
  // Counts one try and returns when that is on disk. A file that can't be read refuses the try.
  Result<TryAllowed> begin_try(std::string_view user, UnixSeconds now);
  // The key was right.
  Status succeeded(std::string_view user);
  // For status: failures and the wait, without counting.
  Result<login::ThrottleState> state(std::string_view user) const;

 private:
  const StateDirectory& directory_;
  mutable std::mutex mutex_;
};

}  // namespace cardea::recoveryd
