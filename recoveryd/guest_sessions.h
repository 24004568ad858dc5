// SPDX-License-Identifier: Apache-2.0
// Which guests have a session open, as PAM tells it: nobody's account is taken away from under him
// (guest_administration). LoginService keeps it. In memory only: of sessions that are older than the daemon
// the service manager alone knows (os/linux/logind_sessions). From any thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/result.h"

namespace cardea::recoveryd {

class GuestSessions {
 public:
  struct Session {
    std::string user, service, tty;
    pid_t program = 0;  // what has opened it; it lives as long as the session
  };
  // Error::io_failed when the program has ended already, limit_exceeded when there are too many.
  Status opened(Session session);
  // The session that this program has opened for the user; of another program's, the one on this terminal.
  void closed(const Session& session);
  [[nodiscard]] bool has(const std::string& user) const;

 private:
  static constexpr std::size_t kMost = 256;
  struct Open {
    Session session;
    UniqueFd program_end;
  };
  mutable std::mutex mutex_;
  std::vector<Open> open_;
};

}  // namespace cardea::recoveryd
