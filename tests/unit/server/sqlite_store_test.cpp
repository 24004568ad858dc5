// SPDX-License-Identifier: Apache-2.0
// What is particular to the SQLite store: which files it refuses, and how its writer groups and fails.
#include "server/store/sqlite/sqlite_store.h"

#include <csignal>
#include <fstream>
#include <latch>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/api/account_statement.h"
#include "server/store/sql/schema.h"
#include "tests/support/temp_dir.h"

namespace cardea::server::sqlite {
namespace {

using sql::Writer;

class SqliteFile : public testing::Test {
 protected:
  void make() { ASSERT_TRUE(SqliteStore::open(path).ok()); }
  void execute(const char* sql) {
    auto database = Connection::open(path, Connection::Access::read_write);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)->execute(sql).ok());
  }
  Failure refusal() {
    const auto store = SqliteStore::open(path);
    EXPECT_FALSE(store.ok());
    return store.ok() ? Failure{} : store.failure();
  }
  test::TempDir dir;
  const std::string path = dir.file("cardea.db");
};

TEST_F(SqliteFile, IsMadePrivateAndDurable) {
  make();
  struct stat info = {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  auto database = Connection::open(path, Connection::Access::read_write);
  EXPECT_EQ(*(*database)->text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(*(*database)->number("PRAGMA synchronous"), 2);
  EXPECT_EQ(*(*database)->number("PRAGMA foreign_keys"), 1);
  EXPECT_TRUE(check_integrity(path).ok());
}

TEST_F(SqliteFile, ThatTakesNoChangesIsNotReady) {
  const auto store = SqliteStore::open(path).value();
  EXPECT_TRUE(store->ready().ok());
  auto other = Connection::open(path, Connection::Access::read_write).value();
  ASSERT_TRUE(other->begin().ok());
  for (int i = 0; i < 2; ++i) {
    const Status status = store->ready();
    EXPECT_EQ(status.error(), Error::timeout);
    EXPECT_NE(status.failure().detail.find("one and a half seconds"), std::string::npos);
  }
  ASSERT_TRUE(other->run("ROLLBACK").ok());
  EXPECT_TRUE(store->ready().ok());
}

TEST_F(SqliteFile, OfANewerProgramIsRefused) {
  make();
  const std::string known = std::to_string(sql::schema_version());
  const std::string newer = std::to_string(sql::schema_version() + 1);
  execute(("PRAGMA user_version=" + newer).c_str());
  const Failure failure = refusal();
  EXPECT_EQ(failure.error, Error::unknown_format);
  EXPECT_EQ(failure.detail, path + ": has schema version " + newer + "; this program knows version " + known);
}

TEST_F(SqliteFile, OfAnOlderProgramGetsItsUids) {
  std::ofstream(path).close();
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  execute(sql::kSchema);
  execute("PRAGMA application_id=0x43617264; PRAGMA user_version=1");
  for (const char* user : {"x'00000000000000000000000000000001', 'anna', 'anna', 20",
                           "x'00000000000000000000000000000002', 'berta', 'berta', 10"}) {
    const std::string sql =
        "INSERT INTO users(user_id, account, account_key, created, opaque_a, opaque_b, question_seal, "
        "recovery_seal, recovery_public, signer, profile, sheet_check, epoch) VALUES(" +
        std::string(user) + ", x'', x'', x'', x'', x'', zeroblob(32), x'', x'', 1)";
    execute(sql.c_str());
  }
  EXPECT_TRUE(check_integrity(path).ok());
  {
    const auto store = SqliteStore::open(path);
    ASSERT_TRUE(store.ok()) << store.failure().detail;
    EXPECT_EQ((*(*store)->find_user_by_account("berta"))->uid, api::kFirstUnixId);
    EXPECT_EQ((*(*store)->find_user_by_account("anna"))->uid, api::kFirstUnixId + 1);
    EXPECT_EQ(*(*store)->group_id("readers"), api::kFirstUnixId + 2);
  }
  EXPECT_TRUE(SqliteStore::open(path).ok());
}

TEST_F(SqliteFile, AUidIsNotGivenAgainWhenItsRowIsGone) {
  {
    const auto store = SqliteStore::open(path);
    EXPECT_EQ(*(*store)->group_id("readers"), api::kFirstUnixId);
    EXPECT_EQ(*(*store)->group_id("writers"), api::kFirstUnixId + 1);
  }
  execute("DELETE FROM unix_ids");
  const auto store = SqliteStore::open(path);
  EXPECT_EQ(*(*store)->group_id("readers"), api::kFirstUnixId + 2);
}

TEST_F(SqliteFile, AfterTheLastUidNobodyIsRegistered) {
  make();
  execute("UPDATE sqlite_sequence SET seq=2146999999 WHERE name='unix_ids'");
  const auto store = SqliteStore::open(path);
  EXPECT_EQ(*(*store)->group_id("readers"), api::kLastUnixId);
  EXPECT_EQ((*store)->group_id("writers").error(), Error::limit_exceeded);
  EXPECT_EQ(*(*store)->group_id("readers"), api::kLastUnixId);
}

TEST_F(SqliteFile, OfAnotherProgramIsRefused) {
  make();
  execute("PRAGMA application_id=7");
  EXPECT_EQ(refusal().error, Error::corrupted);
}

TEST_F(SqliteFile, ThatIsEmptyGarbageOrCutIsRefusedAndKept) {
  std::ofstream(path).close();
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(refusal().error, Error::corrupted);
  std::ofstream(path) << std::string(8192, 'x');
  EXPECT_EQ(refusal().error, Error::corrupted);
  EXPECT_EQ(std::filesystem::file_size(path), 8192u);
  std::filesystem::remove(path);
  make();
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  std::filesystem::remove(path + "-wal");
  EXPECT_EQ(refusal().error, Error::corrupted);
}

TEST_F(SqliteFile, ThatLostItsMainPartIsNotMadeAnew) {
  std::ofstream(path + "-wal") << "x";
  EXPECT_EQ(refusal().error, Error::corrupted);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SqliteFile, ThatOthersCanReadIsRefused) {
  make();
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(refusal().error, Error::unsafe_file);
}

TEST_F(SqliteFile, BehindALinkIsRefused) {
  make();
  const std::string link = dir.file("link.db");
  std::filesystem::create_symlink(path, link);
  EXPECT_FALSE(SqliteStore::open(link).ok());
}

class WriterTest : public SqliteFile {
 protected:
  void SetUp() override {
    make();
    execute("CREATE TABLE t(x INTEGER PRIMARY KEY)");
    writer = std::make_unique<Writer>(Connection::open(path, Connection::Access::read_write).value(), 256);
  }
  static Status insert(sql::Connection& database, std::int64_t x) {
    TRY_ASSIGN(auto row, database.prepare("INSERT INTO t(x) VALUES(?1)"));
    return row.number(x).run();
  }
  std::int64_t rows() {
    return Connection::open(path, Connection::Access::read_only)
        .value()
        ->number("SELECT count(*) FROM t")
        .value();
  }
  std::unique_ptr<Writer> writer;
};

TEST_F(WriterTest, ManyChangesShareACommit) {
  // The first change holds the writer until the others have queued up.
  std::latch queued(1);
  std::latch started(1);
  std::thread first([&] {
    EXPECT_TRUE(writer
                    ->run([&](sql::Connection& database) {
                      started.count_down();
                      queued.wait();
                      return insert(database, 0);
                    })
                    .ok());
  });
  started.wait();
  for (int i = 1; i <= 20; ++i)
    writer->run_later([i](sql::Connection& database) { return insert(database, i); });
  queued.count_down();
  first.join();
  ASSERT_TRUE(writer->run([](sql::Connection& database) { return insert(database, 21); }).ok());
  EXPECT_EQ(rows(), 22);
  EXPECT_LE(writer->commits(), 3u);
  EXPECT_EQ(writer->changes(), 22u);
}

TEST_F(WriterTest, OneFailureDoesNotSinkTheOthers) {
  std::latch queued(1);
  std::latch started(1);
  std::thread first([&] {
    EXPECT_TRUE(writer
                    ->run([&](sql::Connection& database) {
                      started.count_down();
                      queued.wait();
                      return insert(database, 1);
                    })
                    .ok());
  });
  started.wait();
  std::thread second([&] {
    EXPECT_EQ(writer
                  ->run([](sql::Connection& database) -> Status {
                    TRY(insert(database, 2));
                    return insert(database, 1);
                  })
                  .error(),
              Error::already_exists);
  });
  std::thread third(
      [&] { EXPECT_TRUE(writer->run([](sql::Connection& database) { return insert(database, 3); }).ok()); });
  queued.count_down();
  for (auto* thread : {&first, &second, &third})
    thread->join();
  EXPECT_EQ(rows(), 2);
}

TEST_F(WriterTest, AnExceptionIsAFailureOfItsChangeOnly) {
  EXPECT_EQ(writer->run([](sql::Connection&) -> Status { throw std::bad_alloc(); }).error(), Error::internal);
  EXPECT_TRUE(writer->run([](sql::Connection& database) { return insert(database, 1); }).ok());
}

TEST_F(WriterTest, AFullDiskAcknowledgesNothingAndRecovers) {
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {std::filesystem::file_size(path) + 8192, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status full = writer->run([](sql::Connection& database) -> Status {
    for (int i = 0; i < 200'000; ++i)
      TRY(insert(database, i));
    return {};
  });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_FALSE(full.ok());
  EXPECT_TRUE(full.error() == Error::disk_full || full.error() == Error::io_failed)
      << error_name(full.error());
  EXPECT_EQ(rows(), 0);
  EXPECT_TRUE(writer->run([](sql::Connection& database) { return insert(database, 1); }).ok());
  EXPECT_EQ(rows(), 1);
}

}  // namespace
}  // namespace cardea::server::sqlite
