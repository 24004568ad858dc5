// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/os/linux/removal_command.h"

#include "core/base/linux/hook.h"
#include "core/base/linux/program_end.h"

namespace cardea::recoveryd {

Result<std::string_view> RemovalCommand::run(std::string_view action, const BoundSession& session) const {
  TRY(check_hook(command_));
  if (has_ended(session.program_end)) return fail(Error::not_found, "has ended");
  HookCall call;
  call.arguments = {command_,    std::string(action), session.user,
                    session.tty, session.service,     std::to_string(session.program)};
  TRY_ASSIGN(const HookEnd end, run_hook(call));
  if (end.code != 0)
    return fail(Error::io_failed, command_ + ": status " + std::to_string(end.code) + " " + end.words);
  return std::string_view("command");
}

}  // namespace cardea::recoveryd
