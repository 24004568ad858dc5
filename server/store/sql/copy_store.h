// SPDX-License-Identifier: Apache-2.0
// Copies all rows of one database to another, whatever their engines, and compares each with what was written
// before it counts. Called by server/store/migrate_store
// and by backups (server/admin).
#pragma once

#include <string>
#include <vector>

#include "server/store/sql/connection.h"

namespace cardea::server::sql {

struct CopiedTable {
  std::string name;
  std::uint64_t rows = 0;
};

enum class Source {
  locked,    // nobody can change it until the copy is there: it is to take the place of the other
  snapshot,  // others go on changing it; what is copied is its state at the beginning
};

// `to` has the tables and nothing in them: already_exists otherwise. In
// one transaction: when anything fails or differs (corrupted), nothing of it stays.
Result<std::vector<CopiedTable>> copy_store(Connection& from, Connection& to, Source source = Source::locked);

}  // namespace cardea::server::sql
