// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the audit chains (docs/spec/audit.md), shared by the stores that
// append and by whoever verifies.
#pragma once

#include "server/store/types.h"

namespace cardea::server {

// The bytes that are hashed for one event of a user.
std::string audit_event_text(const UserId& user, std::uint64_t sequence, UnixSeconds time,
                             std::string_view kind, const api::Json& details);
// h_n = SHA-256(0x01 || h_{n-1} || event)
Digest next_user_head(const Digest& previous, std::string_view event);
// g_m = SHA-256(0x02 || g_{m-1} || h)
Digest next_global_head(const Digest& previous, const Digest& user_head);

}  // namespace cardea::server
