// SPDX-License-Identifier: Apache-2.0
// Counts access-key tries durably: a try is on disk as failed before the key is looked at
// (docs/spec/enrolment-store.md, "Order of writes"). Where it can't be written, no access key is looked at;
// cards are not touched by this. Tries that come over a network have a counter of their own for each origin.
#pragma once

#include <mutex>

#include "core/login/lockout.h"
#include "recoveryd/state/remote_tries.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

struct TryAllowed {
  bool allowed = false;
  std::int64_t wait_seconds = 0;  // when not
};

// Where a try is made; none: in front of the computer.
using TryOrigin = std::optional<RemoteOrigin>;

class ThrottleStore {
 public:
  explicit ThrottleStore(const StateDirectory& directory) : directory_(directory) {}
  // Counts one try and returns when that is on disk. A file that can't be read refuses the try.
  Result<TryAllowed> begin_try(std::string_view user, UnixSeconds now, const TryOrigin& origin = {});
  // The key was right.
  Status succeeded(std::string_view user, const TryOrigin& origin = {});
  // For status: failures and the wait in front of the computer, without counting.
  Result<login::ThrottleState> state(std::string_view user) const;
  // For status: failures over networks, of all origins together.
  Result<std::uint32_t> remote_failures(std::string_view user) const;

 private:
  Result<TryAllowed> begin_remote_try(std::string_view user, UnixSeconds now, const RemoteOrigin& origin);
  const StateDirectory& directory_;
  mutable std::mutex mutex_;
};

}  // namespace cardea::recoveryd
