// SPDX-License-Identifier: Apache-2.0
// How a PostgreSQL database gets our tables, and when one is refused. Everything is in the schema `cardea` of
// the database that the URL names.
#pragma once

#include "server/store/postgres/connection.h"

namespace cardea::server::postgres {

// Makes the tables, or brings those of an older program up to date, in one transaction. unknown_format for
// those of a newer one; not_supported for a server that may lose what it has acknowledged, or that does not
// store UTF-8.
Status prepare_database(Connection& connection);
// For `--check`: changes nothing; not_found where there are no tables yet.
Status check_database(Connection& connection);

}  // namespace cardea::server::postgres
