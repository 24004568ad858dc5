// SPDX-License-Identifier: Apache-2.0
// One real login through libpam, with the questions of its modules asked at the utility's console. It decides
// nothing: what counts as a rehearsed login is judged by the daemon, which sees the login or, for the
// break-glass account, sees that it was asked and is told PAM's result.
#pragma once

#include <string>

#include "cli/console.h"

namespace cardea::cli {

struct PamRehearsal {
  std::string service;
  std::string user;
  std::string directory;       // of service files; empty: the system's
  std::string locale;          // of the person; empty: none is known
  bool tells_outcome = false;  // whether the daemon is told PAM's result
  std::string purpose;         // under which a script answers the prompts: pin, access-key, password
};

struct PamOutcome {
  bool passed = false;
  std::string reason;  // in PAM's words, when it did not pass
};

// Authentication and account check; no session is opened.
PamOutcome rehearse_pam_login(const PamRehearsal& rehearsal, Console& console);

}  // namespace cardea::cli
