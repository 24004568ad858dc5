// SPDX-License-Identifier: Apache-2.0
// The administrator's own command in logind's place ([policy] removal_command): for computers without logind.
// It runs with the rights of the daemon. main.cpp makes one where the command is set.
#pragma once

#include "recoveryd/session_control.h"

namespace cardea::recoveryd {

class RemovalCommand final : public SessionControl {
 public:
  // `command`: absolute path.
  explicit RemovalCommand(std::string command) : command_(std::move(command)) {}
  // Error::unsafe_file when others than root and the daemon's user may change the command, io_failed when it
  // ends with another status than 0, timeout after 10 s.
  Result<std::string_view> lock(const BoundSession& session) override { return run("lock", session); }
  Result<std::string_view> logout(const BoundSession& session) override { return run("logout", session); }

 private:
  Result<std::string_view> run(std::string_view action, const BoundSession& session) const;
  std::string command_;
};

}  // namespace cardea::recoveryd
