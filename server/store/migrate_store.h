// SPDX-License-Identifier: Apache-2.0
// `cardea-server --migrate-store`: all of one store into another, empty one, from SQLite to PostgreSQL or
// back. The old one is read only, and nobody can change it meanwhile.
#pragma once

#include "core/base/random.h"
#include "server/store/open_store.h"
#include "server/store/sql/copy_store.h"

namespace cardea::server {

// Makes the tables of `to`; not_found when `from` does not exist, already_exists when `to` is not empty.
Result<std::vector<sql::CopiedTable>> migrate_store(const StoreConfig& from, const StoreConfig& to,
                                                    Random& random);

}  // namespace cardea::server
