// SPDX-License-Identifier: Apache-2.0
// A user's chain of events (docs/spec/audit.md, "At the server"): the server appends to it, computers follow
// it.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/api/identifiers.h"
#include "core/api/json.h"

namespace cardea::api {

using AuditHash = std::array<std::uint8_t, 32>;

// The bytes that are hashed for one event of a user.
std::string audit_event_text(const UserId& user, std::uint64_t sequence, std::int64_t time,
                             std::string_view kind, const Json& details);
// h_n = SHA-256(0x01 || h_{n-1} || event)
AuditHash next_audit_head(const AuditHash& previous, std::string_view event);

// What people compare of the key that signs checkpoints: eight groups of four hex digits.
std::string key_fingerprint(ByteView spki);

}  // namespace cardea::api
