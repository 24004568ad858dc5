// SPDX-License-Identifier: Apache-2.0
// The keys that sshd may take for a user, asked of the daemon at this moment. Used by main.cpp.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace cardea::ssh_helper {

// Lines for sshd, each with its end of line; empty when no card of his opens. `socket` is absolute. Errors
// are those of DaemonClient::operation, the daemon's own, and frame_malformed for an answer that is not of
// plain keys.
Result<std::string> authorized_keys(const char* socket, std::string_view user);

// The same lines from the daemon's answer. All of it or nothing: a key is never shown beside something else.
Result<std::string> lines_of(std::string_view json);

}  // namespace cardea::ssh_helper
