// SPDX-License-Identifier: Apache-2.0
// The store on PostgreSQL, for any number of servers: one writer with group commit, readers in a pool. While
// the database is away (a restart, a failover) commands wait and are done once. Made by
// server/store/open_store.
#pragma once

#include "server/store/postgres/write_connection.h"
#include "server/store/sql/connection_pool.h"
#include "server/store/sql/sql_store.h"
#include "server/store/sql/writer.h"

namespace cardea::server::postgres {

class PostgresStore final : public sql::SqlStore {
 public:
  // Makes the tables where there are none.
  static Result<std::unique_ptr<PostgresStore>> open(Settings settings, Random& random);
  // Whether a server could run on it now; changes nothing.
  static Status check(const Settings& settings);

  [[nodiscard]] std::uint64_t changes() const noexcept override { return writer_->changes(); }
  [[nodiscard]] std::uint64_t commits() const noexcept override { return writer_->commits(); }

 private:
  explicit PostgresStore(Settings settings);
  std::future<Status> start_change(Body body) override { return writer_->start(std::move(body)); }
  void write_later(Body body) override { writer_->run_later(std::move(body)); }
  Status run_read(const Body& body) override { return readers_.read(body); }

  const Settings settings_;  // its connections refer to it
  sql::ConnectionPool readers_;
  std::unique_ptr<sql::Writer> writer_;
};

}  // namespace cardea::server::postgres
