// SPDX-License-Identifier: Apache-2.0
// Follows all audit chains of a database from their first event (docs/spec/audit.md): each user's, the global
// one and the administration's. Called by `cardea admin audit verify` and for every backup.
#pragma once

#include <span>

#include "server/store/admin_commands.h"
#include "server/store/sql/connection.h"

namespace cardea::server::sql {

// Both chains that cover a whole store, at one moment.
struct AuditHeads {
  AuditPoint global;
  AuditPoint administration;
};

struct AuditReport {
  AuditHeads heads;  // as far as the chains are good
  std::uint64_t users = 0;
  // The first event that does not follow, empty when all do: “event 7 of user …, position 12: …”.
  std::string bad;
};

// `known` are heads that were seen earlier: the chains must go through each. In one snapshot. A database that
// can't be read is a failure; a chain that does not follow is a report.
Result<AuditReport> verify_audit(Connection& database, std::span<const AuditHeads> known = {});

}  // namespace cardea::server::sql
