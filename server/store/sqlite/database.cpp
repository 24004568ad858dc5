// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/database.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/store/sqlite/schema.h"

namespace cardea::server::sqlite {
namespace {

Error error_for(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
      return Error::disk_full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error::corrupted;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error::timeout;
    case SQLITE_CONSTRAINT:
      return Error::already_exists;
    case SQLITE_NOMEM:
      return Error::out_of_memory;
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Error::permission_denied;
    default:
      return Error::io_failed;
  }
}

}  // namespace

Failure database_failure(sqlite3* database, int code) {
  const char* text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return fail(error_for(code), std::string("database: ") + text);
}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Statement& Statement::blob(ByteView value) {
  // A null pointer would bind NULL; an empty blob is a value.
  const void* data = value.empty() ? static_cast<const void*>("") : value.data();
  const int result =
      sqlite3_bind_blob(statement_, ++index_, data, static_cast<int>(value.size()), SQLITE_STATIC);
  if (result != SQLITE_OK) bind_result_ = result;
  return *this;
}

Statement& Statement::text(std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  const int result =
      sqlite3_bind_text(statement_, ++index_, data, static_cast<int>(value.size()), SQLITE_STATIC);
  if (result != SQLITE_OK) bind_result_ = result;
  return *this;
}

Statement& Statement::number(std::int64_t value) {
  const int result = sqlite3_bind_int64(statement_, ++index_, value);
  if (result != SQLITE_OK) bind_result_ = result;
  return *this;
}

Statement& Statement::null() {
  const int result = sqlite3_bind_null(statement_, ++index_);
  if (result != SQLITE_OK) bind_result_ = result;
  return *this;
}

Result<bool> Statement::step() {
  if (bind_result_ != SQLITE_OK) return database_failure(database_, bind_result_);
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return database_failure(database_, result);
}

Status Statement::run() {
  TRY_ASSIGN(const bool row, step());
  if (row) return fail(Error::internal, "database: a row where none was expected");
  return {};
}

Bytes Statement::blob_at(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? Bytes{} : Bytes(data, data + size);
}

std::string Statement::text_at(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string{} : std::string(data, static_cast<std::size_t>(size));
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access) {
  sqlite3* raw = nullptr;
  const int mode = access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  // NOFOLLOW: the database must be the file the administrator named. NOMUTEX: one thread at a time.
  const int result =
      sqlite3_open_v2(path.c_str(), &raw, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nullptr);
  Handle handle(raw);
  if (result != SQLITE_OK) return database_failure(raw, result);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, 5000);
  std::unique_ptr<Connection> connection(new Connection(std::move(handle)));
  TRY(
      connection->execute("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF;"
                          "PRAGMA wal_autocheckpoint=1000; PRAGMA temp_store=MEMORY;"));
  return connection;
}

Result<Statement> Connection::prepare(const char* sql) {
  auto& slot = statements_[sql];
  if (!slot) {
    sqlite3_stmt* raw = nullptr;
    const int result = sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (result != SQLITE_OK) return database_failure(handle_.get(), result);
    slot.reset(raw);
  }
  return Statement(handle_.get(), slot.get());
}

Status Connection::run(const char* sql) {
  TRY_ASSIGN(auto statement, prepare(sql));
  return statement.run();
}

Status Connection::execute(const char* sql) {
  const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return database_failure(handle_.get(), result);
  return {};
}

Result<std::int64_t> Connection::number(const char* sql) {
  TRY_ASSIGN(auto statement, prepare(sql));
  TRY_ASSIGN(const bool row, statement.step());
  if (!row) return fail(Error::corrupted, "database: no row");
  return statement.number_at(0);
}

Result<std::string> Connection::text(const char* sql) {
  TRY_ASSIGN(auto statement, prepare(sql));
  TRY_ASSIGN(const bool row, statement.step());
  if (!row) return fail(Error::corrupted, "database: no row");
  return statement.text_at(0);
}

}  // namespace cardea::server::sqlite
