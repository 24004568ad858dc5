// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/any_store.h"

#include <filesystem>
#include <stdexcept>

#include "server/store/postgres/postgres_store.h"
#include "server/store/sqlite/sqlite_store.h"
#include "tests/support/postgres/cluster.h"

namespace cardea::bench {

using namespace server;
using test::PostgresCluster;

AnyStore::AnyStore(const std::string& engine, const std::string& name) : engine_(engine), name_(name) {
  if (is_sqlite()) {
    store_ = sqlite::SqliteStore::open(directory_.file("db")).value();
    return;
  }
  if (engine != "postgresql") throw std::runtime_error("no such engine: " + engine);
  PostgresCluster::shared().make_database(name);
  store_ = postgres::PostgresStore::open(PostgresCluster::shared().settings(name), random_).value();
}

void AnyStore::settle() {
  if (!is_sqlite()) (void)PostgresCluster::shared().sql(name_, "ANALYZE");
}

std::uint64_t AnyStore::bytes() const {
  if (is_sqlite()) return std::filesystem::file_size(directory_.file("db"));
  return std::stoull(PostgresCluster::shared().sql(name_, "SELECT pg_database_size(current_database())"));
}

}  // namespace cardea::bench
