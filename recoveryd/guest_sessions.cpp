// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/guest_sessions.h"

#include <algorithm>

#include "core/base/linux/program_end.h"

namespace cardea::recoveryd {

Status GuestSessions::opened(Session session) {
  TRY_ASSIGN(UniqueFd end, program_end(session.program));
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [](const Open& one) { return has_ended(one.program_end); });
  if (open_.size() >= kMost) return Error::limit_exceeded;
  open_.push_back({std::move(session), std::move(end)});
  return {};
}

void GuestSessions::closed(const Session& session) {
  const std::lock_guard lock(mutex_);
  const auto of_user = [&](const Open& one) {
    return one.session.user == session.user && one.session.service == session.service;
  };
  auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& one) {
    return of_user(one) && one.session.program == session.program;
  });
  if (found == open_.end()) {
    found = std::find_if(open_.begin(), open_.end(), [&](const Open& one) {
      return of_user(one) && !session.tty.empty() && one.session.tty == session.tty;
    });
  }
  if (found != open_.end()) open_.erase(found);
}

bool GuestSessions::has(const std::string& user) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(open_.begin(), open_.end(), [&](const Open& one) {
    return one.session.user == user && !has_ended(one.program_end);
  });
}

}  // namespace cardea::recoveryd
