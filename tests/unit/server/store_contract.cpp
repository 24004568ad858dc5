// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/server/store_contract.h"

#include "server/store/postgres/postgres_store.h"
#include "server/store/sqlite/sqlite_store.h"
#include "tests/support/postgres/cluster.h"

namespace cardea::server {
namespace {

std::unique_ptr<Store> open_sqlite(const test::TempDir& dir) {
  auto store = sqlite::SqliteStore::open(dir.file("cardea.db"));
  return store.ok() ? std::move(store).value() : nullptr;
}

std::unique_ptr<Store> open_postgres(const test::TempDir& dir) {
  test::PostgresCluster& cluster = test::PostgresCluster::shared();
  const std::string database = std::filesystem::path(dir.path()).filename();
  cluster.make_database(database);
  SystemRandom random;
  auto store = postgres::PostgresStore::open(cluster.settings(database), random);
  if (!store.ok()) ADD_FAILURE() << store.failure().detail;
  return store.ok() ? std::move(store).value() : nullptr;
}

}  // namespace

std::vector<Engine> all_engines() { return {{"sqlite", open_sqlite}, {"postgres", open_postgres}}; }

}  // namespace cardea::server
