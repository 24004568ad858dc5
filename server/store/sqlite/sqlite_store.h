// SPDX-License-Identifier: Apache-2.0
// The store on one SQLite file: WAL, synchronous=FULL, one writer with group commit, many readers. Made by
// server/store/open_store.
#pragma once

#include "server/store/sql/connection_pool.h"
#include "server/store/sql/sql_store.h"
#include "server/store/sql/writer.h"
#include "server/store/sqlite/database.h"

namespace cardea::server::sqlite {

class SqliteStore final : public sql::SqlStore {
 public:
  // Makes the file when it does not exist. Refuses a damaged, foreign or newer one, with the reason.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path);

  [[nodiscard]] std::uint64_t changes() const noexcept override { return writer_.changes(); }
  [[nodiscard]] std::uint64_t commits() const noexcept override { return writer_.commits(); }

 private:
  SqliteStore(const std::string& path, std::unique_ptr<Connection> writer);
  std::future<Status> start_change(Body body) override { return writer_.start(std::move(body)); }
  void write_later(Body body) override { writer_.run_later(std::move(body)); }
  Status run_read(const Body& body) override { return readers_.read(body); }

  sql::ConnectionPool readers_;
  sql::Writer writer_;
};

}  // namespace cardea::server::sqlite
