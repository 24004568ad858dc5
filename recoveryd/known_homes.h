// SPDX-License-Identifier: Apache-2.0
// What the servers have said last of the home regions of this computer's users (docs/spec/relocation.md):
// kept by region_service at each check-in, told by `cardea status` without asking anybody. In memory only;
// the first check-in after a start brings it back. From any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "upstream/region_calls.h"

namespace cardea::recoveryd {

class KnownHomes {
 public:
  void learned(const std::string& user, upstream::HomeRegion home) {
    const std::lock_guard lock(mutex_);
    homes_.insert_or_assign(user, std::move(home));
  }
  [[nodiscard]] std::optional<upstream::HomeRegion> find(const std::string& user) const {
    const std::lock_guard lock(mutex_);
    const auto found = homes_.find(user);
    return found == homes_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, upstream::HomeRegion> homes_;
};

}  // namespace cardea::recoveryd
