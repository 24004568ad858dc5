// SPDX-License-Identifier: Apache-2.0
// The global audit chain (docs/spec/audit.md), shared by the stores that append; core/api/audit_event has the
// users' chains.
#pragma once

#include "server/store/types.h"

namespace cardea::server {

// g_m = SHA-256(0x02 || g_{m-1} || h)
Digest next_global_head(const Digest& previous, const Digest& user_head);

}  // namespace cardea::server
