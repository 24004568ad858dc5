// SPDX-License-Identifier: Apache-2.0
// The global audit chain and the administration's (docs/spec/audit.md), shared by the stores that append and
// by whoever verifies; core/api/audit_event has the users' chains.
#pragma once

#include "server/store/admin_commands.h"

namespace cardea::server {

// g_m = SHA-256(0x02 || g_{m-1} || h)
Digest next_global_head(const Digest& previous, const Digest& user_head);

// The bytes that are hashed for one event of the administration. `details` is canonical JSON.
Result<std::string> admin_event_text(const AdminEvent& event);
// a_n = SHA-256(0x03 || a_{n-1} || event)
Digest next_admin_head(const Digest& previous, std::string_view event);

}  // namespace cardea::server
