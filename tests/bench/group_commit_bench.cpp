// SPDX-License-Identifier: Apache-2.0
// Durable changes per second: the store's group commit under sixteen writers against SQLite with a commit for
// each row. Ours does more for each: it looks up the user, checks epoch, version and quota, and counts.
#include <mutex>

#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include "core/base/unique_handle.h"
#include "server/store/sqlite/sqlite_store.h"
#include "tests/bench/store_user.h"
#include "tests/support/temp_dir.h"

namespace cardea::bench {
namespace {

using namespace server;

constexpr int kWriters = 16;
constexpr std::size_t kRowBytes = 600;  // a record of the smallest size

struct OurStore {
  test::TempDir directory;
  std::unique_ptr<sqlite::SqliteStore> store = sqlite::SqliteStore::open(directory.file("db")).value();
};

OurStore& our_store() {
  static OurStore store;
  return store;
}

void group_commit(benchmark::State& state) {
  Store& store = *our_store().store;
  SystemRandom random;
  // A user for each run of each writer, who has one record and changes it: counting a user's records is not
  // what is measured.
  const RegisterUser user = make_user(to_hex(random.array<8>()), random);
  if (!store.register_user({kNow, {}, {}}, user).ok()) return state.SkipWithError("no user");
  PutRecord command;
  command.user = user.user.id;
  command.record = RecordId::random(random);
  command.epoch = 1;
  command.envelope = Bytes(kRowBytes, 1);
  command.max_records = 10;
  for (auto _ : state) {
    const auto stored = store.put_record(command, kNow);
    if (!stored.ok()) return state.SkipWithError("the store refused");
    command.expected_version = stored->version;
  }
  state.SetItemsProcessed(state.iterations());
}

using Database = UniqueHandle<sqlite3, sqlite3_close>;
using Statement = UniqueHandle<sqlite3_stmt, sqlite3_finalize>;

Database open_plain(const std::string& path) {
  sqlite3* raw = nullptr;
  (void)sqlite3_open(path.c_str(), &raw);
  Database database(raw);
  constexpr const char* kSetUp =
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE record (id BLOB PRIMARY KEY, envelope "
      "BLOB NOT NULL)";
  (void)sqlite3_exec(raw, kSetUp, nullptr, nullptr, nullptr);
  return database;
}

void single_commits(benchmark::State& state) {
  const test::TempDir directory;
  const Database database = open_plain(directory.file("db"));
  sqlite3_stmt* raw = nullptr;
  (void)sqlite3_prepare_v2(database.get(), "INSERT INTO record VALUES (?, ?)", -1, &raw, nullptr);
  const Statement statement(raw);
  SystemRandom random;
  const Bytes envelope(kRowBytes, 1);
  for (auto _ : state) {
    const Bytes id = random_bytes(random, 16);
    sqlite3_bind_blob(raw, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    sqlite3_bind_blob(raw, 2, envelope.data(), static_cast<int>(envelope.size()), SQLITE_STATIC);
    if (sqlite3_step(raw) != SQLITE_DONE) {
      state.SkipWithError("SQLite refused");
      return;
    }
    sqlite3_reset(raw);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(group_commit)->Threads(kWriters)->UseRealTime();
BENCHMARK(single_commits)->UseRealTime();

}  // namespace
}  // namespace cardea::bench

BENCHMARK_MAIN();
