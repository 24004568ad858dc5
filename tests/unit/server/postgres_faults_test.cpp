// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL that breaks: in the middle of a command, at its commit, with everybody at once, or by being
// full.
#include <atomic>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

#include "server/store/postgres/postgres_store.h"
#include "tests/bench/store_user.h"
#include "tests/support/postgres/breaking_wire.h"
#include "tests/support/postgres/cluster.h"

namespace cardea::server::postgres {
namespace {

using bench::kNow;
using std::chrono::milliseconds;
using test::BreakingWire;
using test::PostgresCluster;

class PostgresFaults : public testing::Test {
 protected:
  void SetUp() override {
    cluster.make_database(name);
    settings = cluster.settings(name);
  }
  void open() {
    store.reset();
    auto opened = PostgresStore::open(std::move(settings), random);
    ASSERT_TRUE(opened.ok()) << opened.failure().detail;
    store = std::move(opened).value();
    anna = bench::make_user("anna", random);
    ASSERT_TRUE(store->register_user({kNow, {}, {}}, anna).ok());
  }
  PutRecord record() {
    PutRecord command;
    command.user = anna.user.id;
    command.record = RecordId::random(random);
    command.epoch = 1;
    command.envelope = Bytes(300, 1);
    command.max_records = 100'000;
    return command;
  }
  std::string sql(const std::string& text) { return cluster.sql(name, text); }
  std::string count(const std::string& table) {
    std::string text = sql("SELECT count(*) FROM cardea." + table);
    text.pop_back();
    return text;
  }
  void end_all_connections() {
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name='cardea-server'");
  }
  SystemRandom random;
  PostgresCluster& cluster = PostgresCluster::shared();
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  Settings settings;
  std::unique_ptr<PostgresStore> store;
  RegisterUser anna;
};

TEST_F(PostgresFaults, AConnectionLostInTheMiddleOfACommandIsMadeAnew) {
  open();
  int asked = 0;
  ChargeGuess command;
  command.now = kNow;
  command.subjects.push_back({"anna", [&](const GuessCount& before, UnixSeconds) {
                                EXPECT_EQ(before.count, 0u);
                                if (++asked == 1) end_all_connections();
                                return GuessDecision{true, false, 0};
                              }});
  const auto charged = store->charge_guess(command);
  ASSERT_TRUE(charged.ok()) << charged.failure().detail;
  EXPECT_TRUE(charged->allowed);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(sql("SELECT count FROM cardea.guesses WHERE subject='anna'"), "1\n");
}

TEST_F(PostgresFaults, IdleConnectionsThatWereEndedAreNotNoticed) {
  open();
  EXPECT_TRUE(store->get_user(anna.user.id).ok());
  end_all_connections();
  EXPECT_TRUE(store->get_user(anna.user.id).ok());
  EXPECT_TRUE(store->put_record(record(), kNow).ok());
}

class LostCommit : public PostgresFaults {
 protected:
  void open_through_wire() {
    settings.url = PostgresCluster::url(name, wire.socket_directory());
    open();
  }
  // Registers a user, whose registration is no command that could be applied twice unnoticed, and counts.
  void register_through(BreakingWire::Fault fault) {
    wire.arm(fault);
    const auto registered = store->register_user({kNow, {}, {}}, bench::make_user("berta", random));
    ASSERT_TRUE(registered.ok()) << registered.failure().detail;
    EXPECT_EQ(wire.struck(), 1);
    EXPECT_EQ(count("users"), "2");
    EXPECT_EQ(count("audit"), "2");
    EXPECT_EQ(store->changes(), 2u);
  }
  BreakingWire wire{cluster.socket_directory()};
};

TEST_F(LostCommit, ThatTheServerNeverSawIsSentAgain) {
  open_through_wire();
  register_through(BreakingWire::Fault::before_commit);
}

TEST_F(LostCommit, ThatTheServerMadeIsNotMadeTwice) {
  open_through_wire();
  register_through(BreakingWire::Fault::after_commit);
}

TEST_F(LostCommit, OnASilentLineIsGivenUpInTime) {
  settings.statement = milliseconds(300);
  open_through_wire();
  register_through(BreakingWire::Fault::silence);
}

TEST_F(LostCommit, WhoseFateIsUnknownIsNeitherLostNorSaidToBeDone) {
  // No time at all to ask what became of it.
  settings.recover = milliseconds(0);
  open_through_wire();
  wire.arm(BreakingWire::Fault::after_commit);
  // The name of the database is taken away before anybody can connect again.
  const RegisterUser berta = bench::make_user("berta", random);
  cluster.sql("postgres", "ALTER DATABASE \"" + name + "\" ALLOW_CONNECTIONS false");
  const auto unknown = store->register_user({kNow, Once{"s", "key", {}}, {}}, berta);
  cluster.sql("postgres", "ALTER DATABASE \"" + name + "\" ALLOW_CONNECTIONS true");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error(), Error::io_failed);
  EXPECT_NE(unknown.failure().detail.find("is not known"), std::string::npos) << unknown.failure().detail;
  // The client asks again with its key, and gets the answer of the first time.
  const auto again = store->register_user({kNow, Once{"s", "key", {}}, {}}, berta);
  ASSERT_TRUE(again.ok()) << again.failure().detail;
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(count("users"), "2");
}

// Eight clients that put records until they are stopped, while things happen.
class UnderLoad : public PostgresFaults {
 protected:
  void begin() {
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([this] {
        SystemRandom mine;
        while (!stop) {
          PutRecord command = record();
          command.record = RecordId::random(mine);
          const auto put = store->put_record(command, kNow);
          EXPECT_TRUE(put.ok()) << put.failure().detail;
          if (put.ok()) ++acknowledged;
        }
      });
    }
  }
  void wait_for(int more) {
    const int goal = acknowledged + more;
    EXPECT_TRUE(test_support::wait_until([&] { return acknowledged >= goal; }, milliseconds(30'000)));
  }
  // As many as were acknowledged, under consecutive numbers: none is missing, none was made twice.
  void end_and_count(PostgresCluster& survivor) {
    stop = true;
    for (auto& thread : threads)
      thread.join();
    const std::string all = std::to_string(acknowledged);
    EXPECT_EQ(
        survivor.sql("load", "SELECT count(*), min(change_number), max(change_number) FROM cardea.records"),
        all + "|1|" + all + "\n");
    EXPECT_EQ(survivor.sql("load", "SELECT changes FROM cardea.users"), all + "\n");
  }
  std::atomic<bool> stop{false};
  std::atomic<int> acknowledged{0};
  std::vector<std::thread> threads;
};

TEST_F(UnderLoad, AKillInMidBatchLosesNothingAndDoublesNothing) {
  PostgresCluster own;
  own.make_database("load");
  settings = own.settings("load");
  open();
  begin();
  for (int round = 1; round <= 2; ++round) {
    wait_for(60);
    own.kill9();
    own.start();
  }
  wait_for(20);
  end_and_count(own);
}

TEST_F(UnderLoad, AStandbyTakesOverWithAllThatWasAcknowledged) {
  PostgresCluster primary;
  primary.make_database("load");
  PostgresCluster standby(primary);
  settings = primary.settings("load");
  settings.url = PostgresCluster::url("load", primary.socket_directory() + "," + standby.socket_directory());
  open();
  EXPECT_EQ(PostgresStore::check(standby.settings("load")).error(), Error::io_failed);  // it takes no changes
  begin();
  wait_for(60);
  primary.kill9();
  EXPECT_EQ(standby.sql("postgres", "SELECT pg_promote()"), "t\n");
  wait_for(60);
  EXPECT_TRUE(store->get_user(anna.user.id).ok());
  end_and_count(standby);
}

TEST_F(PostgresFaults, APrimaryThatWasReplacedIsNotBelieved) {
  PostgresCluster old;
  old.make_database("two");
  PostgresCluster standby(old);
  settings = old.settings("two");
  settings.url = PostgresCluster::url("two", old.socket_directory() + "," + standby.socket_directory());
  settings.recover = milliseconds(0);
  settings.statement = milliseconds(500);
  open();
  old.kill9();
  standby.promote();
  EXPECT_TRUE(store->put_record(record(), kNow).ok() || store->put_record(record(), kNow).ok());
  old.start();  // takes changes, and knows of nothing
  EXPECT_EQ(old.sql("two", "SELECT pg_is_in_recovery()"), "f\n");
  EXPECT_TRUE(store->get_user(anna.user.id).ok());
  EXPECT_EQ(old.sql("two", "SELECT count(*) FROM pg_stat_activity WHERE application_name='cardea-server'"),
            "0\n");
  standby.kill9();
  EXPECT_FALSE(store->get_user(anna.user.id).ok());  // by the connection that has just ended
  const auto refused = store->get_user(anna.user.id);
  EXPECT_NE(refused.failure().detail.find("was replaced"), std::string::npos) << refused.failure().detail;
  EXPECT_FALSE(store->put_record(record(), kNow).ok());
}

TEST_F(PostgresFaults, AFullDiskIsSaidAndNothingIsChanged) {
  open();
  ASSERT_TRUE(store->put_record(record(), kNow).ok());
  sql("CREATE FUNCTION cardea.full() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE='53100'; END$$;"
      "CREATE TRIGGER full_disk BEFORE INSERT ON cardea.records FOR EACH ROW EXECUTE FUNCTION cardea.full()");
  const auto full = store->put_record(record(), kNow);
  EXPECT_EQ(full.error(), Error::disk_full);
  EXPECT_EQ(sql("SELECT changes FROM cardea.users"), "1\n");
  sql("DROP TRIGGER full_disk ON cardea.records");
  EXPECT_TRUE(store->put_record(record(), kNow).ok());
}

TEST_F(PostgresFaults, ASerializationFailureRunsTheTransactionAgain) {
  open();
  sql("CREATE SEQUENCE cardea.tries;"
      "CREATE FUNCTION cardea.clash() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF nextval('cardea.tries') "
      "< 3 "
      "THEN RAISE EXCEPTION 'could not serialize access' USING ERRCODE='40001'; END IF; RETURN NEW; END$$;"
      "CREATE TRIGGER clash BEFORE INSERT ON cardea.records FOR EACH ROW EXECUTE FUNCTION cardea.clash()");
  EXPECT_TRUE(store->put_record(record(), kNow).ok());
  EXPECT_EQ(count("records"), "1");
  // For ever, though, nothing is tried.
  sql("ALTER SEQUENCE cardea.tries RESTART; CREATE OR REPLACE FUNCTION cardea.clash() RETURNS trigger "
      "LANGUAGE "
      "plpgsql AS $$BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE='40001'; END$$;");
  EXPECT_EQ(store->put_record(record(), kNow).error(), Error::timeout);
  EXPECT_EQ(count("records"), "1");
}

TEST_F(PostgresFaults, AServerThatTakesNoChangesIsLeft) {
  settings.recover = milliseconds(0);
  open();
  sql("ALTER DATABASE \"" + name + "\" SET default_transaction_read_only=on");
  end_all_connections();
  const auto refused = store->put_record(record(), kNow);
  EXPECT_EQ(refused.error(), Error::io_failed);
  EXPECT_NE(refused.failure().detail.find("read-only"), std::string::npos) << refused.failure().detail;
  cluster.sql("postgres", "ALTER DATABASE \"" + name + "\" RESET default_transaction_read_only");
  EXPECT_TRUE(store->put_record(record(), kNow).ok());
}

TEST_F(PostgresFaults, WithoutItsDatabaseAServerIsNotReady) {
  PostgresCluster own;
  own.make_database("ready");
  settings = own.settings("ready");
  open();
  EXPECT_TRUE(store->ready().ok());
  own.kill9();
  std::vector<std::thread> asking;  // a change waits out a failover; who asks does not
  for (int i = 0; i < 4; ++i) {
    asking.emplace_back([&] {
      const Status status = store->ready();
      EXPECT_EQ(status.error(), Error::timeout);
      EXPECT_NE(status.failure().detail.find("one and a half seconds"), std::string::npos);
    });
  }
  for (auto& one : asking)
    one.join();
  own.start();
  EXPECT_TRUE(test_support::wait_until([&] { return store->ready().ok(); }));
}

TEST_F(PostgresFaults, AServerThatVanishedInATransactionIsNotWaitedForLong) {
  Settings vanished = cluster.settings(name);
  vanished.idle_in_transaction = milliseconds(300);
  settings.statement = milliseconds(30'000);
  open();
  SystemRandom other_random;
  auto other = WriteConnection::open(vanished, other_random).value();
  ASSERT_TRUE(other->begin().ok());  // and not a word more, and no end of the connection
  EXPECT_TRUE(store->put_record(record(), kNow).ok());
  EXPECT_FALSE(other->run("SELECT 1").ok());
}

TEST_F(PostgresFaults, WhoHoldsALockForTooLongStopsNobodyForEver) {
  settings.statement = milliseconds(200);
  settings.readers = 1;
  settings.borrow = milliseconds(50);
  open();
  const Settings plain = cluster.settings(name);
  auto other = Connection::open(plain).value();
  ASSERT_TRUE(other->execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").ok());
  std::atomic<int> busy{0}, waited{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      const auto user = store->get_user(anna.user.id);
      EXPECT_EQ(user.error(), Error::timeout);
      const bool full = user.failure().detail == "database: all 1 connections for reading are busy";
      ++(full ? busy : waited);
    });
  }
  for (auto& reader : readers)
    reader.join();
  EXPECT_GE(busy, 1);
  EXPECT_GE(waited, 1);
  EXPECT_EQ(store->put_record(record(), kNow).error(), Error::timeout);
  ASSERT_TRUE(other->execute("ROLLBACK").ok());
  EXPECT_TRUE(store->get_user(anna.user.id).ok());
  EXPECT_TRUE(store->put_record(record(), kNow).ok());
}

}  // namespace
}  // namespace cardea::server::postgres
