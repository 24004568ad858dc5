// SPDX-License-Identifier: Apache-2.0
// Access-key generations and the officers they are sealed for, for the files of commands that touch both.
#pragma once

#include "server/store/sql/rows.h"

namespace cardea::server::sql {

Result<std::optional<Generation>> find_generation(Connection& database, const UserId& user,
                                                  const ComputerId& computer, std::uint32_t number);
Result<std::optional<Generation>> current_generation(Connection& database, const UserId& user,
                                                     const ComputerId& computer);
// Cancelled generations keep their number and lose their seals.
Status cancel_generation(Connection& database, const Generation& generation);
// Counts the next key of the current generation, as SqlStore::issue_access_key.
Result<Issued> issue_next(Connection& database, const IssueAccessKey& command, UnixSeconds now);

// In the order of the ids. Of one generation.
Result<std::vector<OfficerSeal>> officer_seals(Connection& database, const UserId& user,
                                               const ComputerId& computer, std::uint32_t generation);
Status put_officer_seals(Connection& database, const PrepareGeneration& command);
Status remove_officer_seals(Connection& database, const Generation& generation);

}  // namespace cardea::server::sql
