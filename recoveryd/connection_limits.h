// SPDX-License-Identifier: Apache-2.0
// How many clients the daemon serves at once, and of whom. ServerLoop asks before it gives a client a thread.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <map>

#include <sys/types.h>

namespace cardea::recoveryd {

inline constexpr std::size_t kMaxConnections = 256;
inline constexpr std::size_t kMaxConnectionsOfOneUser = 16;  // root is not bound by it
// One person may have many uids (/etc/subuid gives him 65,536). Login programs run as root: their places are
// kept.
inline constexpr std::size_t kReservedForRoot = 64;

class ConnectionLimits {
 public:
  // False when there is no place for another client of this uid; else it counts until release().
  [[nodiscard]] bool admit(uid_t uid) {
    if (all_ >= kMaxConnections) return false;
    if (uid != 0) {
      if (others_ >= kMaxConnections - kReservedForRoot) return false;
      std::size_t& own = of_[uid];
      if (own >= kMaxConnectionsOfOneUser) return false;
      ++own;
      ++others_;
    }
    ++all_;
    return true;
  }
  void release(uid_t uid) {
    --all_;
    if (uid == 0) return;
    --others_;
    if (--of_[uid] == 0) of_.erase(uid);
  }
  [[nodiscard]] std::size_t all() const noexcept { return all_; }

 private:
  std::size_t all_ = 0, others_ = 0;
  std::map<uid_t, std::size_t> of_;
};

}  // namespace cardea::recoveryd
