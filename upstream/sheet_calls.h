// SPDX-License-Identifier: Apache-2.0
// What the code of the recovery sheet does at the server, without a password and without a session
// (docs/spec/server-protocol.md, "Recovery sheet"). Used by `cardea sheet`.
#pragma once

#include "core/records/sheet_code.h"
#include "upstream/server_client.h"

namespace cardea::upstream {

struct CardsSuspended {
  std::uint32_t changed = 0;    // by this request
  std::uint32_t suspended = 0;  // in all
};

// Both: Error::identity_not_accepted for another code, and for an account that does not exist;
// Error::rate_limited.
Result<CardsSuspended> suspend_by_sheet(ServerClient& client, const std::string& account,
                                        const records::SheetCode& code);
// Whether there were wrong tries to forget. At most once a day.
Result<bool> reopen_by_sheet(ServerClient& client, const std::string& account,
                             const records::SheetCode& code);

}  // namespace cardea::upstream
