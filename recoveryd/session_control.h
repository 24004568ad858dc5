// SPDX-License-Identifier: Apache-2.0
// What can be done to a session from outside when its card is gone (docs/spec/login.md, "Card removal").
// RemovalWatch decides and calls; os/linux/logind_sessions and os/linux/removal_command carry it out, tests
// have their own.
#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/result.h"
#include "core/card/card.h"

namespace cardea::recoveryd {

// A login that a card has opened. `program` is what has opened the PAM session; it lives as long as that.
struct BoundSession {
  std::string user, service, tty;
  uid_t uid = static_cast<uid_t>(-1);
  card::CardId card_id{};
  pid_t program = 0;
  UniqueFd program_end;  // readable from the program's end on
};

class SessionControl {
 public:
  virtual ~SessionControl() = default;
  // Both return a word for the log: what was done. A session that has nothing to be locked by is ended.
  // Error::not_found: there is no such session (any more), and no use in trying again. May take seconds.
  virtual Result<std::string_view> lock(const BoundSession& session) = 0;
  virtual Result<std::string_view> logout(const BoundSession& session) = 0;
};

}  // namespace cardea::recoveryd
