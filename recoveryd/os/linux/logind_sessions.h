// SPDX-License-Identifier: Apache-2.0
// Sessions as systemd-logind or elogind keeps them, over the system bus, and from its files below /run.
// packaging/polkit lets the daemon's user ask. main.cpp makes one where no removal_command is set.
#pragma once

#include "recoveryd/session_control.h"

namespace cardea::recoveryd {

class LogindSessions final : public SessionControl {
 public:
  // Only a session on a desktop has a program that hears the wish; any other is ended.
  Result<std::string_view> lock(const BoundSession& session) override;
  Result<std::string_view> logout(const BoundSession& session) override;
};

// Whether it has any session of this uid: an open one, or one that was closed and has left programs running.
// False where it does not run. Error::io_failed.
Result<bool> has_logind_session(uid_t uid);

}  // namespace cardea::recoveryd
