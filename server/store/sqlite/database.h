// SPDX-License-Identifier: Apache-2.0
// sqlite3 as owned objects with errors as values: one connection, its cached statements, and how a file is
// opened safely. Only server/store/sqlite uses it. A connection belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <sqlite3.h>

#include "core/base/bytes.h"
#include "core/base/unique_handle.h"

namespace cardea::server::sqlite {

Failure database_failure(sqlite3* database, int code);

// A cached statement, bound and stepped once; it is reset when this object ends. Parameters are bound in the
// order ?1, ?2, ... Blobs and texts must outlive the object.
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement) noexcept
      : database_(database), statement_(statement) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement(Statement&& other) noexcept
      : database_(other.database_),
        statement_(std::exchange(other.statement_, nullptr)),
        index_(other.index_),
        bind_result_(other.bind_result_) {}
  ~Statement();

  Statement& blob(ByteView value);
  Statement& text(std::string_view value);
  Statement& number(std::int64_t value);
  Statement& number(std::uint64_t value) { return number(static_cast<std::int64_t>(value)); }
  Statement& number(std::uint32_t value) { return number(std::int64_t{value}); }
  Statement& null();

  // True when there is a row.
  Result<bool> step();
  // Steps to the end; rows are an error.
  Status run();
  [[nodiscard]] std::int64_t number_at(int column) const { return sqlite3_column_int64(statement_, column); }
  [[nodiscard]] std::uint32_t u32_at(int column) const {
    return static_cast<std::uint32_t>(number_at(column));
  }
  [[nodiscard]] std::uint64_t u64_at(int column) const {
    return static_cast<std::uint64_t>(number_at(column));
  }
  [[nodiscard]] Bytes blob_at(int column) const;
  [[nodiscard]] std::string text_at(int column) const;
  [[nodiscard]] bool null_at(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  // A blob of exactly the array's size; zeros for any other, which the schema's CHECKs exclude.
  template <std::size_t N>
  [[nodiscard]] std::array<std::uint8_t, N> array_at(int column) const {
    std::array<std::uint8_t, N> out{};
    const void* data = sqlite3_column_blob(statement_, column);
    if (data != nullptr && sqlite3_column_bytes(statement_, column) == static_cast<int>(N)) {
      std::memcpy(out.data(), data, N);
    }
    return out;
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
  int index_ = 0;
  int bind_result_ = SQLITE_OK;
};

class Connection {
 public:
  enum class Access { read_only, read_write };
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access);

  // `sql` is a literal: the statement is cached under its address.
  Result<Statement> prepare(const char* sql);
  // One cached statement without parameters and rows.
  Status run(const char* sql);
  // Several statements, no parameters, no rows; not cached.
  Status execute(const char* sql);
  // The first column of the first row of a query without parameters.
  Result<std::int64_t> number(const char* sql);
  Result<std::string> text(const char* sql);
  [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
  [[nodiscard]] std::int64_t changes() const noexcept { return sqlite3_changes(handle_.get()); }

 private:
  using Handle = UniqueHandle<sqlite3, sqlite3_close>;
  explicit Connection(Handle handle) : handle_(std::move(handle)) {}
  Handle handle_;
  // After handle_: statements end before their connection.
  std::unordered_map<const char*, UniqueHandle<sqlite3_stmt, sqlite3_finalize>> statements_;
};

// Makes a new database or checks an existing one, and leaves it in WAL mode. A file that is damaged, foreign
// or of a newer version is refused and never replaced.
Status prepare_database(const std::string& path);
// Reads every page of an existing database; changes nothing.
Status check_integrity(const std::string& path);

}  // namespace cardea::server::sqlite
