// SPDX-License-Identifier: Apache-2.0
// What is particular to the PostgreSQL store: which databases and servers it refuses, and what it never says.
#include "server/store/postgres/postgres_store.h"

#include <latch>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "core/api/account_statement.h"
#include "server/store/audit_chain.h"
#include "server/store/postgres/schema.h"
#include "server/store/sql/schema.h"
#include "tests/bench/store_user.h"
#include "tests/support/postgres/cluster.h"

namespace cardea::server::postgres {
namespace {

using bench::kNow;
using test::PostgresCluster;

class PostgresDatabase : public testing::Test {
 protected:
  void SetUp() override { cluster.make_database(name); }
  Result<std::unique_ptr<PostgresStore>> open() {
    return PostgresStore::open(cluster.settings(name), random);
  }
  void make() { ASSERT_TRUE(open().ok()); }
  std::string sql(const std::string& text) { return cluster.sql(name, text); }
  Failure refusal() {
    const auto store = open();
    EXPECT_FALSE(store.ok());
    return store.ok() ? Failure{} : store.failure();
  }
  SystemRandom random;
  PostgresCluster& cluster = PostgresCluster::shared();
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST(PostgresHosts, AreThoseOfTheUrlInItsOrder) {
  ASSERT_TRUE(load_libpq().ok());
  const auto of = [](const std::string& url) {
    const auto hosts = hosts_of(url);
    if (!hosts.ok()) return hosts.failure().detail;
    std::string out;
    for (const Host& host : *hosts)
      out += host.host + "/" + host.hostaddr + "/" + host.port + " ";
    return out;
  };
  EXPECT_EQ(of("postgresql:///cardea"), "// ");
  EXPECT_EQ(of("postgresql:///cardea?host=/run/postgresql"), "/run/postgresql// ");
  EXPECT_EQ(of("postgresql://cardea@db1,db2:6000/cardea"), "db1//5432 db2//6000 ");
  EXPECT_EQ(of("postgresql://[::1]:1,db2:2/cardea"), "::1//1 db2//2 ");
  EXPECT_EQ(of("postgresql:///cardea?host=db1,db2&port=7"), "db1//7 db2//7 ");
  EXPECT_EQ(of("postgresql:///cardea?host=db1,db2&hostaddr=192.0.2.1,192.0.2.2"),
            "db1/192.0.2.1/ db2/192.0.2.2/ ");
  EXPECT_EQ(of("postgresql:///cardea?hostaddr=192.0.2.1,192.0.2.2"), "/192.0.2.1/ /192.0.2.2/ ");
  const std::string no = "[store] url is not a PostgreSQL connection URI";
  EXPECT_EQ(of("postgresql:///cardea?host=db1,db2&port=1,2,3"), no);
  EXPECT_EQ(of("postgresql:///cardea?host=db1,db2&hostaddr=192.0.2.1"), no);
  EXPECT_EQ(of("postgresql:///cardea?host=db1,,db3"), no);
  EXPECT_EQ(of("postgresql://cardea:secret/cardea"), no);
  EXPECT_EQ(of("postgresql:///cardea?nonsense=1"), no);
  EXPECT_EQ(of("postgresql://cardea:secret@db1/cardea"),
            "[store] url holds a password: put it into password_file");
}

TEST_F(PostgresDatabase, IsCheckedWithoutBeingMade) {
  EXPECT_EQ(PostgresStore::check(cluster.settings(name)).error(), Error::not_found);
  make();
  EXPECT_TRUE(PostgresStore::check(cluster.settings(name)).ok());
}

TEST_F(PostgresDatabase, OfANewerProgramIsRefused) {
  make();
  const std::string known = std::to_string(sql::schema_version());
  const std::string newer = std::to_string(sql::schema_version() + 1);
  sql("UPDATE cardea.store_version SET version=" + newer);
  EXPECT_EQ(refusal().error, Error::unknown_format);
  EXPECT_EQ(PostgresStore::check(cluster.settings(name)).failure().detail,
            "database: has schema version " + newer + "; this program knows version " + known);
}

TEST_F(PostgresDatabase, OfAnOlderProgramGetsItsUids) {
  {
    const auto store = open();
    for (const char* account : {"anna", "berta"})
      ASSERT_TRUE((*store)->register_user({kNow, {}, {}}, bench::make_user(account, random)).ok());
  }
  sql("UPDATE cardea.users SET created=created-1 WHERE account='berta';"
      "ALTER TABLE cardea.enrolments DROP COLUMN retired, DROP COLUMN rotate_asked, DROP COLUMN gate, "
      "DROP COLUMN program; DROP INDEX cardea.enrolments_by_contact;"
      "ALTER TABLE cardea.cards DROP COLUMN computer_id;"
      "DROP TABLE cardea.homes, cardea.work_days, cardea.oprf_keys, cardea.bundle_parts, "
      "cardea.unix_id_range;"
      "DROP TABLE cardea.drafts, cardea.pairings, cardea.officer_seals, cardea.officer_requests, "
      "cardea.officer_sessions, "
      "cardea.officer_keys, "
      "cardea.officers, cardea.unix_ids, cardea.unix_id_counter, cardea.policies, cardea.admin_audit, "
      "cardea.outbox;"
      "ALTER TABLE cardea.users DROP COLUMN oprf_seed; UPDATE cardea.store_version SET version=1");
  for (int i = 0; i < 2; ++i) {
    const auto store = open();
    ASSERT_TRUE(store.ok()) << store.failure().detail;
    EXPECT_EQ((*(*store)->find_user_by_account("berta"))->uid, api::kFirstUnixId);
    EXPECT_EQ((*(*store)->find_user_by_account("anna"))->uid, api::kFirstUnixId + 1);
    EXPECT_EQ(*(*store)->group_id("readers"), api::kFirstUnixId + 2);
  }
}

TEST_F(PostgresDatabase, AUidIsGivenOnceAndTheLastIsTheLast) {
  const auto store = open();
  EXPECT_EQ(*(*store)->group_id("readers"), api::kFirstUnixId);
  sql("DELETE FROM cardea.unix_ids");
  EXPECT_EQ(*(*store)->group_id("writers"), api::kFirstUnixId + 1);
  sql("UPDATE cardea.unix_id_counter SET last=2146999999");
  EXPECT_EQ(*(*store)->group_id("editors"), api::kLastUnixId);
  EXPECT_EQ((*store)->group_id("printers").error(), Error::limit_exceeded);
  EXPECT_EQ(*(*store)->group_id("editors"), api::kLastUnixId);
}

TEST_F(PostgresDatabase, WithAForeignSchemaIsRefusedAndKept) {
  sql("CREATE SCHEMA cardea; CREATE TABLE cardea.orders(id INT)");
  EXPECT_EQ(refusal().error, Error::corrupted);
  EXPECT_EQ(sql("SELECT count(*) FROM pg_class WHERE relnamespace=to_regnamespace('cardea')"), "1\n");
}

TEST_F(PostgresDatabase, TwoServersMakeTheTablesOnce) {
  std::latch both(2);
  const auto open_with_other = [&] {
    both.arrive_and_wait();
    SystemRandom own;
    EXPECT_TRUE(PostgresStore::open(cluster.settings(name), own).ok());
  };
  std::thread other(open_with_other);
  open_with_other();
  other.join();
}

TEST_F(PostgresDatabase, OfAServerThatForgetsIsRefused) {
  cluster.sql("postgres", "ALTER SYSTEM SET fsync=off");
  cluster.sql("postgres", "SELECT pg_reload_conf()");
  ASSERT_TRUE(test_support::wait_until([&] { return sql("SHOW fsync") == "off\n"; }));
  const Failure failure = refusal();
  cluster.sql("postgres", "ALTER SYSTEM RESET fsync");
  cluster.sql("postgres", "SELECT pg_reload_conf()");
  ASSERT_TRUE(test_support::wait_until([&] { return sql("SHOW fsync") == "on\n"; }));
  EXPECT_EQ(failure.error, Error::not_supported);
  EXPECT_EQ(failure.detail, "database: fsync is off, it must be on");
  // What one session may loosen is tightened again.
  sql("ALTER DATABASE \"" + name + "\" SET synchronous_commit=off");
  const Settings settings = cluster.settings(name);
  EXPECT_EQ(*(*Connection::open(settings))->text("SHOW synchronous_commit"), "on");
}

TEST_F(PostgresDatabase, ThePasswordIsNeverSaid) {
  Settings settings = cluster.settings(name);
  settings.password = SecretBytes(std::string_view("wrong-canary"));
  const auto wrong = PostgresStore::open(std::move(settings), random);
  EXPECT_EQ(wrong.error(), Error::io_failed);
  EXPECT_NE(wrong.failure().detail.find("password authentication failed"), std::string::npos);
  EXPECT_EQ(wrong.failure().detail.find("wrong-canary"), std::string::npos);
  Settings in_url = cluster.settings(name);
  in_url.url = "postgresql://cardea:canary-4711@/x?host=/nowhere";
  const Status refused = PostgresStore::check(in_url);
  EXPECT_EQ(refused.error(), Error::config_invalid);
  EXPECT_EQ(refused.failure().detail, "[store] url holds a password: put it into password_file");
  in_url.url = "postgresql://x y:canary-4711";
  EXPECT_EQ(PostgresStore::check(in_url).failure().detail, "[store] url is not a PostgreSQL connection URI");
  EXPECT_EQ(cluster.log().find("canary"), std::string::npos);
}

TEST_F(PostgresDatabase, AFailureSaysNothingOfTheRow) {
  const auto store = open();
  const RegisterUser anna = bench::make_user("canary-anna", random);
  ASSERT_TRUE((*store)->register_user({kNow, {}, {}}, anna).ok());
  const Settings settings = cluster.settings(name);
  auto connection = Connection::open(settings);
  const Status twice = (*connection)->execute("INSERT INTO users SELECT * FROM users");
  EXPECT_EQ(twice.error(), Error::already_exists);
  EXPECT_EQ(twice.failure().detail.find(anna.user.id.text()), std::string::npos) << twice.failure().detail;
}

TEST_F(PostgresDatabase, ServersOnOneDatabaseContinueOneChain) {
  constexpr int kEach = 15;
  std::vector<std::unique_ptr<PostgresStore>> servers;
  for (int i = 0; i < 3; ++i)
    servers.push_back(open().value());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < servers.size() * 2; ++i) {
    threads.emplace_back([&, i] {
      SystemRandom own;
      for (int k = 0; k < kEach; ++k) {
        const std::string account = "user-" + std::to_string(i) + "-" + std::to_string(k);
        EXPECT_TRUE(servers[i / 2]->register_user({kNow, {}, {}}, bench::make_user(account, own)).ok());
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  const Settings settings = cluster.settings(name);
  auto connection = Connection::open(settings).value();
  auto row = connection->prepare("SELECT position, hash, global_hash FROM audit ORDER BY position").value();
  Digest global{};
  std::int64_t position = 0;
  while (row.step().value()) {
    EXPECT_EQ(row.number_at(0), ++position);
    global = next_global_head(global, row.array_at<32>(1));
    EXPECT_EQ(row.array_at<32>(2), global);
  }
  EXPECT_EQ(position, 6 * kEach);
  EXPECT_EQ(*connection->number("SELECT count(DISTINCT id) FROM unix_ids"), 6 * kEach);
}

// PostgreSQL's own log says what each session parses: nothing twice, however often it is executed.
TEST_F(PostgresDatabase, ASessionPreparesAStatementOnce) {
  sql("ALTER DATABASE \"" + name + "\" SET log_min_duration_statement=0");
  constexpr int kTimes = 20;
  {
    const auto store = open();
    for (int i = 0; i < kTimes; ++i) {
      const RegisterUser user = bench::make_user("user" + std::to_string(i), random);
      ASSERT_TRUE((*store)->register_user({kNow, {}, {}}, user).ok());
      ASSERT_TRUE((*store)->get_user(user.user.id).ok());
      ASSERT_TRUE((*store)->cards(user.user.id).ok());
    }
  }
  // "… [PID] LOG:  duration: 0.123 ms  parse NAME: TEXT"
  std::istringstream log(cluster.log());
  std::map<std::string, int> parsed;
  int executed = 0;
  for (std::string line; std::getline(log, line);) {
    if (line.find(" ms  execute s") != std::string::npos) ++executed;
    const auto parse = line.find(" ms  parse s");
    if (parse == std::string::npos) continue;
    const auto session = line.substr(line.find('['), line.find(']') - line.find('['));
    ++parsed[session + line.substr(line.find(": ", parse))];
  }
  EXPECT_FALSE(parsed.empty());
  for (const auto& [text, times] : parsed)
    EXPECT_EQ(times, 1) << text;
  EXPECT_GT(executed, 3 * kTimes);
}

TEST(Sqlstate, HasAMeaning) {
  EXPECT_EQ(meaning_of("53100").error, Error::disk_full);
  EXPECT_EQ(meaning_of("25006").aftermath, Aftermath::connection);
  EXPECT_EQ(meaning_of("40001").aftermath, Aftermath::transaction);
  EXPECT_EQ(meaning_of("40P01").aftermath, Aftermath::transaction);
  EXPECT_EQ(meaning_of("57P01").aftermath, Aftermath::connection);
  EXPECT_EQ(meaning_of("57014").error, Error::timeout);
  EXPECT_EQ(meaning_of("23505").error, Error::already_exists);
  EXPECT_EQ(meaning_of("XX001").error, Error::corrupted);
  EXPECT_EQ(meaning_of("42P01").error, Error::io_failed);
  EXPECT_EQ(meaning_of("42P01").aftermath, Aftermath::statement);
  EXPECT_EQ(meaning_of("25P02").aftermath, Aftermath::statement);
  EXPECT_EQ(meaning_of("").aftermath, Aftermath::connection);
}

}  // namespace
}  // namespace cardea::server::postgres
