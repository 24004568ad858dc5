// SPDX-License-Identifier: Apache-2.0
// Copies all rows of one database to another, whatever their engines, and compares each with what was written
// before it counts. Called by server/store/migrate_store.
#pragma once

#include <string>
#include <vector>

#include "server/store/sql/connection.h"

namespace cardea::server::sql {

struct CopiedTable {
  std::string name;
  std::uint64_t rows = 0;
};

// Nobody can change `from` meanwhile. `to` has the tables and nothing in them: already_exists otherwise. In
// one transaction: when anything fails or differs (corrupted), nothing of it stays.
Result<std::vector<CopiedTable>> copy_store(Connection& from, Connection& to);

}  // namespace cardea::server::sql
