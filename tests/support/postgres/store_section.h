// SPDX-License-Identifier: Apache-2.0
// The [store] of a server.conf on a database that no other test has.
#pragma once

#include "tests/support/postgres/cluster.h"

namespace cardea::test {

inline std::string postgres_store_section(const std::string& database) {
  PostgresCluster& cluster = PostgresCluster::shared();
  cluster.make_database(database);
  return "url = " + cluster.url(database) + "\npassword_file = " + cluster.password_file() +
         "\nconnections = 4";
}

}  // namespace cardea::test
