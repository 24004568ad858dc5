// SPDX-License-Identifier: Apache-2.0
// sqlite3 as owned objects with errors as values: one connection, its cached statements, and how a file is
// opened safely. Only server/store/sqlite uses it. A connection belongs to one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include <sqlite3.h>

#include "core/base/unique_handle.h"
#include "server/store/sql/connection.h"

namespace cardea::server::sqlite {

inline constexpr std::int64_t kApplicationId = 0x43617264;  // "Card", in the header of our files

class Connection final : public sql::Connection {
 public:
  enum class Access { read_only, read_write };
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access);

  Result<sql::Statement> prepare(const char* sql) override;
  Status execute(const char* sql) override;
  Status begin() override { return run("BEGIN IMMEDIATE"); }
  Status commit() override { return run("COMMIT"); }
  Status begin_snapshot() override;
  [[nodiscard]] bool in_transaction() const noexcept override {
    return sqlite3_get_autocommit(handle_.get()) == 0;
  }
  [[nodiscard]] const char* engine() const noexcept override { return "sqlite"; }
  Result<std::int64_t> take_unix_id() override;
  Result<std::int64_t> last_unix_id() override;
  Status set_last_unix_id(std::int64_t id) override;

 private:
  using Handle = UniqueHandle<sqlite3, sqlite3_close>;
  explicit Connection(Handle handle) : handle_(std::move(handle)) {}
  Handle handle_;
  // After handle_: statements end before their connection.
  std::unordered_map<const char*, std::unique_ptr<sql::Prepared>> statements_;
};

// Makes a new database or checks an existing one, and leaves it in WAL mode. A file that is damaged, foreign
// or of a newer version is refused and never replaced.
Status prepare_database(const std::string& path);
// Reads every page of an existing database; changes nothing.
Status check_integrity(const std::string& path);

}  // namespace cardea::server::sqlite
