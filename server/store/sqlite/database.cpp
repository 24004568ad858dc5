// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/database.h"

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

Failure database_failure(sqlite3* database, int code) {
  const char* text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return fail(error_for(code), std::string("database: ") + text);
}

class Prepared final : public sql::Prepared {
 public:
  using Handle = UniqueHandle<sqlite3_stmt, sqlite3_finalize>;
  Prepared(sqlite3* database, Handle statement) : database_(database), statement_(std::move(statement)) {}

  void bind_blob(int index, ByteView value) noexcept override {
    // A null pointer would bind NULL; an empty blob is a value.
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    note(sqlite3_bind_blob(statement_.get(), index, data, static_cast<int>(value.size()), SQLITE_STATIC));
  }
  void bind_text(int index, std::string_view value) noexcept override {
    const char* data = value.empty() ? "" : value.data();
    note(sqlite3_bind_text(statement_.get(), index, data, static_cast<int>(value.size()), SQLITE_STATIC));
  }
  void bind_number(int index, std::int64_t value) noexcept override {
    note(sqlite3_bind_int64(statement_.get(), index, value));
  }
  void bind_null(int index) noexcept override { note(sqlite3_bind_null(statement_.get(), index)); }

  Result<bool> step() override {
    if (bind_result_ != SQLITE_OK) return database_failure(database_, bind_result_);
    const int result = sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    return database_failure(database_, result);
  }
  void reset() noexcept override {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bind_result_ = SQLITE_OK;
  }
  [[nodiscard]] ByteView bytes_at(int column) const noexcept override {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return data == nullptr ? ByteView{} : ByteView(data, static_cast<std::size_t>(size));
  }
  [[nodiscard]] std::int64_t number_at(int column) const noexcept override {
    return sqlite3_column_int64(statement_.get(), column);
  }
  [[nodiscard]] bool null_at(int column) const noexcept override {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
  }

 private:
  void note(int result) noexcept {
    if (result != SQLITE_OK) bind_result_ = result;
  }
  sqlite3* database_;
  Handle statement_;
  int bind_result_ = SQLITE_OK;
};

}  // namespace

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

Result<sql::Statement> Connection::prepare(const char* sql) {
  auto& slot = statements_[sql];
  if (!slot) {
    sqlite3_stmt* raw = nullptr;
    const int result = sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (result != SQLITE_OK) return database_failure(handle_.get(), result);
    slot = std::make_unique<Prepared>(handle_.get(), Prepared::Handle(raw));
  }
  return sql::Statement(*slot);
}

Status Connection::execute(const char* sql) {
  const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return database_failure(handle_.get(), result);
  return {};
}

// In WAL mode the first read takes the snapshot.
Status Connection::begin_snapshot() {
  TRY(run("BEGIN"));
  TRY(number("PRAGMA schema_version"));
  TRY(number("SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1)"));
  return {};
}

// The number moves on when the row of unix_ids is written (AUTOINCREMENT).
Result<std::int64_t> Connection::take_unix_id() {
  TRY_ASSIGN(const std::int64_t last, last_unix_id());
  return last + 1;
}

Result<std::int64_t> Connection::last_unix_id() {
  return number("SELECT seq FROM sqlite_sequence WHERE name='unix_ids'");
}

Status Connection::set_last_unix_id(std::int64_t id) {
  TRY_ASSIGN(auto row, prepare("UPDATE sqlite_sequence SET seq=?1 WHERE name='unix_ids'"));
  return row.number(id).run();
}

}  // namespace cardea::server::sqlite
