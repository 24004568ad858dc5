// SPDX-License-Identifier: Apache-2.0
#include "server/store/open_store.h"

#include "core/base/secure_file.h"
#include "server/store/postgres/postgres_store.h"
#include "server/store/postgres/schema.h"
#include "server/store/sqlite/sqlite_store.h"

namespace cardea::server {
namespace {

// For one statement of a copy: counting the rows of a large table takes long.
constexpr std::chrono::minutes kLongStatement{10};

// The first line of the file.
Result<postgres::Settings> postgres_settings(const StoreConfig& config) {
  postgres::Settings settings;
  settings.url = config.postgres_url;
  settings.readers = config.connections;
  if (config.password_file.empty()) return settings;
  TRY_ASSIGN(settings.password, read_secret_file(config.password_file));
  settings.password.truncate(std::min(settings.password.size(), settings.password.expose_text().find('\n')));
  if (settings.password.empty()) return fail(Error::config_invalid, config.password_file + ": is empty");
  if (settings.password.expose_text().find('\0') != std::string_view::npos)
    return fail(Error::config_invalid, config.password_file + ": is not a text");
  return settings;
}

}  // namespace

Result<std::unique_ptr<sql::SqlStore>> open_store(const StoreConfig& config, Random& random) {
  if (config.postgres_url.empty()) {
    TRY_ASSIGN(auto store, sqlite::SqliteStore::open(config.sqlite_path));
    return std::unique_ptr<sql::SqlStore>(std::move(store));
  }
  TRY_ASSIGN(auto settings, postgres_settings(config));
  TRY_ASSIGN(auto store, postgres::PostgresStore::open(std::move(settings), random));
  return std::unique_ptr<sql::SqlStore>(std::move(store));
}

Result<OpenDatabase> open_database(const StoreConfig& config, Random& random) {
  OpenDatabase out;
  if (config.postgres_url.empty()) {
    TRY(sqlite::prepare_database(config.sqlite_path));
    TRY_ASSIGN(out.connection,
               sqlite::Connection::open(config.sqlite_path, sqlite::Connection::Access::read_write));
    return out;
  }
  TRY_ASSIGN(auto settings, postgres_settings(config));
  settings.statement = kLongStatement;
  settings.idle_in_transaction = kLongStatement;  // the other side of a copy may be slow
  out.settings = std::make_unique<postgres::Settings>(std::move(settings));
  TRY_ASSIGN(auto connection, postgres::WriteConnection::open(*out.settings, random));
  TRY(postgres::prepare_database(*connection));
  out.connection = std::move(connection);
  return out;
}

Status check_store(const StoreConfig& config) {
  if (config.postgres_url.empty()) return sqlite::check_integrity(config.sqlite_path);
  TRY_ASSIGN(const auto settings, postgres_settings(config));
  return postgres::PostgresStore::check(settings);
}

}  // namespace cardea::server
