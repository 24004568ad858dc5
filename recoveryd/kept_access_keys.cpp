// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/kept_access_keys.h"

#include <algorithm>

namespace cardea::recoveryd {

void KeptAccessKeys::keep(const std::string& user, std::uint32_t generation, const access_key::AccessKey& k0,
                          bool may_replace, MonotonicMillis now) {
  const std::lock_guard lock(mutex_);
  kept_.insert_or_assign(user, Kept{{generation, k0.clone()}, may_replace, now});
}

std::optional<KeptAccessKeys::Root> KeptAccessKeys::root(const std::string& user, MonotonicMillis now) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(user);
  if (found == kept_.end()) return std::nullopt;
  if (now - found->second.since >= kLongestKeptMillis) {
    kept_.erase(found);
    return std::nullopt;
  }
  return Root{found->second.root.generation, found->second.root.k0.clone()};
}

std::optional<KeptAccessKeys::Root> KeptAccessKeys::root_for_replacement(const std::string& user,
                                                                         MonotonicMillis now) {
  return still_waiting(user, now) > 0 ? root(user, now) : std::nullopt;
}

void KeptAccessKeys::no_more_replacement(const std::string& user) {
  const std::lock_guard lock(mutex_);
  if (const auto found = kept_.find(user); found != kept_.end()) found->second.may_replace = false;
}

void KeptAccessKeys::forget(const std::string& user) {
  const std::lock_guard lock(mutex_);
  kept_.erase(user);
}

MonotonicMillis KeptAccessKeys::wait_of(const Kept& kept, MonotonicMillis now) noexcept {
  return kept.may_replace ? std::max<MonotonicMillis>(0, kept.since + kJustCameInMillis - now) : 0;
}

MonotonicMillis KeptAccessKeys::still_waiting(const std::string& user, MonotonicMillis now) const {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(user);
  return found == kept_.end() ? 0 : wait_of(found->second, now);
}

std::optional<MonotonicMillis> KeptAccessKeys::next_end(MonotonicMillis now) const {
  const std::lock_guard lock(mutex_);
  std::optional<MonotonicMillis> shortest;
  for (const auto& [user, kept] : kept_) {
    const MonotonicMillis wait = wait_of(kept, now);
    if (wait > 0 && (!shortest || wait < *shortest)) shortest = wait;
  }
  return shortest;
}

}  // namespace cardea::recoveryd
