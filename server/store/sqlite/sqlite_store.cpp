// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite/sqlite_store.h"

namespace cardea::server::sqlite {
namespace {

// About as many as there are processors to run them on. In WAL mode readers never wait for the writer, so
// that one waits for another for microseconds.
constexpr sql::PoolLimits kReaders{16, std::chrono::milliseconds(10'000), std::chrono::milliseconds(0)};
// Bounds the time the first change of a batch waits for the others.
constexpr std::size_t kMaxBatch = 256;

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path) {
  TRY(prepare_database(path));
  TRY_ASSIGN(auto writer, Connection::open(path, Connection::Access::read_write));
  return std::unique_ptr<SqliteStore>(new SqliteStore(path, std::move(writer)));
}

SqliteStore::SqliteStore(const std::string& path, std::unique_ptr<Connection> writer)
    : readers_(
          [path]() -> Result<std::unique_ptr<sql::Connection>> {
            TRY_ASSIGN(auto connection, Connection::open(path, Connection::Access::read_only));
            return std::unique_ptr<sql::Connection>(std::move(connection));
          },
          kReaders),
      writer_(std::move(writer), kMaxBatch) {}

}  // namespace cardea::server::sqlite
