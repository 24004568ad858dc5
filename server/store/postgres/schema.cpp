// SPDX-License-Identifier: Apache-2.0
#include "server/store/postgres/schema.h"

#include <algorithm>
#include <array>

#include "server/store/sql/schema.h"

namespace cardea::server::postgres {
namespace {

// What PostgreSQL calls otherwise than SQLite.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWords = {{
    {" AUTOINCREMENT", ""},
    {" WITHOUT ROWID", ""},
    {"BLOB", "BYTEA"},
    {"INTEGER", "BIGINT"},
    {"zeroblob(32)", "decode(repeat('00', 32), 'hex')"},
    {"x''", "''"},
}};

// One transaction of all servers at a time; the number each writer committed last; the version.
constexpr char kOwnTables[] =
    "CREATE TABLE one_writer();"
    "CREATE TABLE writers(writer TEXT PRIMARY KEY, number BIGINT NOT NULL, seen TIMESTAMPTZ NOT NULL);"
    "CREATE TABLE store_version(version BIGINT NOT NULL);"
    "INSERT INTO store_version VALUES(1);";
// A row and not a sequence: a number of a transaction that was rolled back is not lost.
constexpr char kUnixIdCounter[] =
    "CREATE TABLE unix_id_counter(last BIGINT NOT NULL); INSERT INTO unix_id_counter VALUES(2009999999);";
constexpr char kUnixIdsOfUsers[] =
    "INSERT INTO unix_ids(id, owner) SELECT 2009999999 + row_number() OVER (ORDER BY created, user_id), "
    "user_id "
    "FROM users; UPDATE unix_id_counter SET last=last+(SELECT count(*) FROM unix_ids);";

std::string for_postgres(std::string text) {
  for (const auto& [from, to] : kWords) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  }
  return text;
}

// Settings under which an acknowledged change could be lost, or a text be stored otherwise than SQLite stores
// it.
Status check_server(Connection& connection) {
  TRY_ASSIGN(const std::int64_t version,
             connection.number("SELECT current_setting('server_version_num')::bigint"));
  if (version < 150000) return fail(Error::not_supported, "database: PostgreSQL 15 or newer is needed");
  struct Setting {
    const char* sql;
    const char* name;
    std::string_view wanted;
  };
  for (const Setting& setting : {Setting{"SELECT current_setting('fsync')", "fsync", "on"},
                                 {"SELECT current_setting('full_page_writes')", "full_page_writes", "on"},
                                 {"SELECT current_setting('server_encoding')", "server_encoding", "UTF8"}}) {
    TRY_ASSIGN(const std::string value, connection.text(setting.sql));
    if (value != setting.wanted) {
      return fail(Error::not_supported, std::string("database: ") + setting.name + " is " + value +
                                            ", it must be " + std::string(setting.wanted));
    }
  }
  return {};
}

// 0 where there is nothing of ours. A schema of that name with other things in it is somebody else's.
Result<std::int64_t> version_of(Connection& connection) {
  TRY_ASSIGN(const std::int64_t tables,
             connection.number("SELECT count(*) FROM pg_class WHERE relnamespace=to_regnamespace('cardea')"));
  if (tables == 0) return 0;
  TRY_ASSIGN(
      const std::int64_t ours,
      connection.number("SELECT count(*) FROM pg_class WHERE oid=to_regclass('cardea.store_version')"));
  if (ours == 0) {
    return fail(Error::corrupted,
                "database: the schema “cardea” is not of this program. Nothing was changed.");
  }
  TRY_ASSIGN(const std::int64_t version, connection.number("SELECT max(version) FROM store_version"));
  if (version >= 1 && version <= sql::schema_version()) return version;
  return fail(Error::unknown_format, "database: has schema version " + std::to_string(version) +
                                         "; this program knows version " +
                                         std::to_string(sql::schema_version()));
}

// `number` in a transaction that two servers can't have at the same time.
Status bring_up_to_date(Connection& connection) {
  TRY(connection.execute("SELECT pg_advisory_xact_lock(1130459748)"));  // "Card"
  TRY_ASSIGN(const std::int64_t version, version_of(connection));
  if (version < 1) {
    TRY(connection.execute("CREATE SCHEMA IF NOT EXISTS cardea"));
    TRY(connection.execute(for_postgres(sql::kSchema).c_str()));
    TRY(connection.execute(kOwnTables));
  }
  if (version < 2) {
    TRY(connection.execute(for_postgres(sql::kUnixIds).c_str()));
    TRY(connection.execute(kUnixIdCounter));
    TRY(connection.execute(kUnixIdsOfUsers));
  }
  for (std::int64_t next = std::max<std::int64_t>(version, 2) + 1; next <= sql::schema_version(); ++next)
    TRY(connection.execute(for_postgres(sql::text_of_version(next)).c_str()));
  const std::string stamp = "UPDATE store_version SET version=" + std::to_string(sql::schema_version());
  TRY(connection.execute(stamp.c_str()));
  // Rows of servers that are long gone.
  return connection.execute("DELETE FROM writers WHERE seen < now() - interval '30 days'");
}

}  // namespace

Status prepare_database(Connection& connection) {
  TRY(check_server(connection));
  TRY(connection.execute("BEGIN"));
  const Status done = bring_up_to_date(connection);
  if (done.ok()) return connection.execute("COMMIT");
  if (connection.in_transaction()) (void)connection.execute("ROLLBACK");
  return done;
}

Status check_database(Connection& connection) {
  TRY(check_server(connection));
  TRY_ASSIGN(const std::int64_t version, version_of(connection));
  if (version == 0)
    return fail(Error::not_found, "database: has no tables yet; the server makes them at its start");
  return {};
}

}  // namespace cardea::server::postgres
