// SPDX-License-Identifier: Apache-2.0
#include "server/store/postgres/postgres_store.h"

#include "server/store/postgres/schema.h"

namespace cardea::server::postgres {
namespace {

// Each change of a batch is a subtransaction; PostgreSQL keeps 64 of a transaction in shared memory.
constexpr std::size_t kMaxBatch = 60;

}  // namespace

PostgresStore::PostgresStore(Settings settings)
    : settings_(std::move(settings)),
      readers_(
          [this]() -> Result<std::unique_ptr<sql::Connection>> {
            TRY_ASSIGN(auto connection, Connection::open(settings_));
            return std::unique_ptr<sql::Connection>(std::move(connection));
          },
          {settings_.readers, settings_.borrow, settings_.recover}) {}

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(Settings settings, Random& random) {
  std::unique_ptr<PostgresStore> store(new PostgresStore(std::move(settings)));
  TRY_ASSIGN(auto connection, WriteConnection::open(store->settings_, random));
  TRY(prepare_database(*connection));
  store->writer_ = std::make_unique<sql::Writer>(std::move(connection), kMaxBatch);
  return store;
}

Status PostgresStore::check(const Settings& settings) {
  TRY_ASSIGN(const auto connection, Connection::open(settings));
  return check_database(*connection);
}

}  // namespace cardea::server::postgres
