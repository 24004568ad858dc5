// SPDX-License-Identifier: Apache-2.0
// All that a user has in the tables, for his move to another region (docs/spec/relocation.md, "Bundle"):
// which tables those are, reading them, and writing them where he arrives. Called by store_regions.cpp.
#pragma once

#include "server/store/regions.h"
#include "server/store/sql/connection.h"

namespace cardea::server::sql {

// Every table with a user_id is in one of the two lists; a test sees to it.
const std::vector<std::string>& tables_that_move();
const std::vector<std::string>& tables_that_stay();

Result<UserRows> read_user_rows(Connection& database, const UserId& user);
// Writes them in the place of what the user may have had here before; his audit events are added to those
// that are here already. unknown_format for a table or column that is not in our schema; account_exists,
// already_exists when something of his is somebody else's here; corrupted when his events differ from those
// that are here.
Status write_user_rows(Connection& database, const UserId& user, const UserRows& rows);
// What is left of a user who has been gone for long: his number, and the hashes of his events.
Status erase_user_rows(Connection& database, const UserId& user);

}  // namespace cardea::server::sql
