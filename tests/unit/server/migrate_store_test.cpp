// SPDX-License-Identifier: Apache-2.0
// A store with every kind of row goes from SQLite to PostgreSQL and back, and is the same.
#include "server/store/migrate_store.h"

#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "server/store/sql/tables.h"
#include "server/store/sqlite/database.h"
#include "tests/bench/store_user.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/temp_dir.h"

namespace cardea::server {
namespace {

using bench::kNow;

// All rows of all tables as lines in the order of their bytes, whatever order the engine has.
std::string canonical_dump(sql::Connection& database) {
  std::string dump;
  std::vector<std::string> texts;  // statements are cached by address
  texts.reserve(sql::tables().size());
  for (const sql::Table& table : sql::tables()) {
    std::string& select = texts.emplace_back("SELECT ");
    for (const sql::Column& column : table.columns)
      select += (select.size() > 7 ? ", " : "") + column.name;
    select += " FROM " + table.name;
    auto row = database.prepare(select.c_str()).value();
    std::multiset<std::string> lines;
    while (row.step().value()) {
      std::string line = table.name;
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const int at = static_cast<int>(i);
        const bool number = table.columns[i].type == sql::ColumnType::number;
        line += row.null_at(at)
                    ? "|null"
                    : "|" + (number ? std::to_string(row.number_at(at)) : to_hex(row.blob_at(at)));
      }
      lines.insert(line);
    }
    for (const std::string& line : lines)
      dump += line + "\n";
  }
  return dump + "last id " + std::to_string(database.last_unix_id().value());
}

class MigrateStore : public testing::Test {
 protected:
  void SetUp() override {
    cluster.make_database(database);
    postgres.postgres_url = cluster.url(database);
    postgres.password_file = cluster.password_file();
    sqlite.sqlite_path = dir.file("one.db");
    back.sqlite_path = dir.file("two.db");
  }
  Change<Generation> once(const std::string& scope, const std::string& key) {
    return {kNow, Once{scope, key, {7}}, [](const Generation& made) {
              return StoredAnswer{200, "{\"number\":" + std::to_string(made.number) + "}", "\"é\""};
            }};
  }
  void add_generations(Store& store, const RegisterUser& user) {
    const AuditNote note{"made", api::Json::Object{}};
    for (const std::uint32_t number : {1u, 2u, 3u, 4u}) {
      ASSERT_EQ(store
                    .begin_generation(once(user.user.account, std::to_string(number)), user.user.id,
                                      user.computer.id)
                    ->value.number,
                number);
      if (number == 4) break;
      ASSERT_TRUE(store
                      .prepare_generation({kNow, {}, {}}, {user.computer.id,
                                                           user.user.id,
                                                           number,
                                                           Bytes(104, 1),
                                                           Bytes(15, 2),
                                                           Bytes(32, 3),
                                                           {{olaf, "olaf", Bytes(115, 6)}}})
                      .ok());
      if (number == 3) continue;
      ASSERT_TRUE(
          store
              .commit_generation({kNow, {}, {}}, {user.computer.id, user.user.id, number, Bytes(15, 2), note})
              .ok());
    }
    ASSERT_TRUE(store.issue_access_key({kNow, {}, {}}, {user.user.id, user.computer.id, 1000, 9, note}).ok());
  }
  void add_officer(Store& store) {
    ASSERT_TRUE(store.add_officer({olaf, "olaf", Bytes(91, 4), "officer"}, "root", kNow).ok());
    const OfficerKey key{Bytes(16, 5), olaf, Bytes(91, 4), 1, "blue key", kNow};
    ASSERT_TRUE(store.add_officer_key({key, random.array<32>(), kNow + 50, 8}).ok());
    OpenOfficerSession open;
    open.session = {SessionId::random(random), {olaf, {}, {}, {}}, true, Bytes(44, 1), kNow + 100};
    open.token = random.array<32>();
    open.token_expires_at = kNow + 50;
    ASSERT_TRUE(store.open_officer_session(open, kNow).ok());
  }
  void add_draft(Store& store) {
    Draft draft;
    draft.sheet_check = Bytes(44, 8);
    draft.user = UserId::random(random);
    draft.opaque_a = draft.opaque_b = Bytes(192, 3);
    draft.question_seal = draft.recovery_seal = Bytes(90, 4);
    draft.recovery_public = Bytes(65, 5);
    draft.oprf_seed = 1;
    draft.prefix = "192.0.2.0/24";
    draft.expires_at = kNow + 5000;
    ASSERT_TRUE(store.keep_draft({draft, 9, 9}, kNow).ok());
  }
  void ask_for(Store& store, const RegisterUser& user) {
    AskAsOfficer ask;
    ask.request.id = api::RequestId::random(random);
    ask.request.user = user.user.id;
    ask.request.kind = OfficerRequestKind::access_key;
    ask.request.computer = user.computer.id;
    ask.request.officer = olaf;
    ask.request.reason = "bag stolen";
    ask.request.created = kNow;
    ask.request.expires_at = kNow + 3600;
    ask.max_open = 2;
    ask.audit = {"officer-asked", api::Json::Object{}};
    ASSERT_TRUE(store.ask_as_officer({kNow, {}, {}}, ask).ok());
  }
  void add_records(Store& store, const RegisterUser& user, int count) {
    for (int i = 0; i < count; ++i) {
      const PutRecord put{
          user.user.id, RecordId::random(random), {}, 1, Bytes(static_cast<std::size_t>(i), 0), 5000};
      ASSERT_TRUE(store.put_record(put, kNow + i).ok());
      if (i % 3 == 0) {
        ASSERT_TRUE(store.delete_record({user.user.id, put.record, 1, 9}, kNow).ok());
      }
    }
  }
  void add_sessions(Store& store, const RegisterUser& user) {
    OpenSession open;
    open.session = {SessionId::random(random),
                    user.user.id,
                    SessionLevel::card,
                    false,
                    Bytes(44, 1),
                    user.card.id,
                    {},
                    kNow + 100};
    open.token = random.array<32>();
    open.token_expires_at = kNow + 50;
    open.audit = {"session-opened", api::Json::Object{{"from", "ü\"\\"}}};
    ASSERT_TRUE(store.open_session(open, kNow).ok());
    open.session = {SessionId::random(random), user.user.id, SessionLevel::answer, true, Bytes(48, 1), {},
                    user.computer.id,          kNow + 100};
    open.token = random.array<32>();
    ASSERT_TRUE(store.open_session(open, kNow).ok());
    store.remember_nonce(random.array<32>(), kNow);
    const OpenPairing pairing{
        {PairingId::random(random), Bytes(44, 1), Bytes(65, 4), Bytes(94, 1), {}, "192.0.2.0/24", kNow + 600},
        100};
    ASSERT_TRUE(store.open_pairing(pairing, kNow).ok());
    ChargeGuess guess;
    guess.now = kNow;
    guess.subjects.push_back({"account:" + user.user.account, [](const GuessCount&, UnixSeconds) {
                                return GuessDecision{true, false, 0};
                              }});
    ASSERT_TRUE(store.charge_guess(guess).ok());
  }
  void replace(Store& store, const RegisterUser& user) {
    ReplaceCard command;
    command.user = user.user.id;
    command.card = user.card;
    command.card.id = CardId::random(random);
    command.reason = "lost";
    command.expected_epoch = 1;
    command.epoch_seal = Bytes(94, 2);
    command.computer = user.computer.id;
    command.audit = {"card-replaced", api::Json::Object{}};
    ASSERT_TRUE(store.replace_card({kNow, {}, {}}, command).ok());
  }
  // Every table, every state, every column that may be null, empty blobs and texts, and more than a page of
  // rows.
  void fill(const StoreConfig& config) {
    const auto store = open_store(config, random).value();
    add_draft(*store);
    add_officer(*store);
    for (const char* account : {"Anna", "berta", "çelik"}) {
      const RegisterUser user = bench::make_user(account, random);
      ASSERT_TRUE(store->register_user({kNow, {}, {}}, user).ok());
      add_generations(*store, user);
      ask_for(*store, user);
      add_records(*store, user, account[0] == 'A' ? 1100 : 4);
      if (account[0] == 'b') replace(*store, user);
      if (account[0] != 'b') add_sessions(*store, user);
      if (HasFatalFailure()) return;
    }
    ASSERT_TRUE(store->set_policy({"relocation", "off", "anna"}, kNow).ok());
    add_regions(*store);
  }
  // Somebody who came from another region, somebody who works in one, and a part of a third.
  void add_regions(Store& store) {
    StoreConfig other;
    other.sqlite_path = dir.file("other.db");
    const auto from = open_store(other, random).value();
    ASSERT_TRUE(from->reserve_unix_ids(2'020'000'000, 2'029'999'999).ok());
    const RegisterUser moved = bench::make_user("moved", random);
    ASSERT_TRUE(from->register_user({kNow, {}, {}}, moved).ok());
    ImportUser import{moved.user.id, "south", 1, {7}, from->user_rows(moved.user.id).value(), {}, true};
    import.keys = {Bytes(94, 1), Bytes(94, 2)};
    ASSERT_TRUE(store.import_user(import, kNow).ok());
    const auto anna = store.find_user_by_account("anna").value().value();
    ASSERT_TRUE(store.record_days(anna.id, true).ok());
    const ComputerId computer = store.computers(anna.id).value().front().id;
    ASSERT_TRUE(store.check_in({kNow, {}, {}}, {computer, anna.id, 0, {}, 0, "south"}).ok());
    ASSERT_TRUE(store.put_bundle_part({{9}, 0, Bytes(5, 1), 1, 1}, kNow).ok());
    ASSERT_TRUE(store.reserve_unix_ids(2'010'000'000, 2'019'999'999).ok());
  }
  std::string dump(const StoreConfig& config) {
    return canonical_dump(*open_database(config, random).value().connection);
  }
  SystemRandom random;
  const OfficerId olaf = OfficerId::random(random);
  test::TempDir dir;
  test::PostgresCluster& cluster = test::PostgresCluster::shared();
  const std::string database = testing::UnitTest::GetInstance()->current_test_info()->name();
  StoreConfig sqlite, postgres, back;
};

TEST_F(MigrateStore, EveryColumnOfTheSchemaIsCopied) {
  const OpenDatabase made = open_database(sqlite, random).value();
  std::set<std::string> ours, theirs;
  for (const sql::Table& table : sql::tables())
    for (const sql::Column& column : table.columns)
      ours.insert(table.name + "." + column.name);
  auto row = made.connection
                 ->prepare(
                     "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
                     "WHERE t.type='table' AND t.name NOT LIKE 'sqlite_%'")
                 .value();
  while (row.step().value())
    theirs.insert(row.text_at(0));
  EXPECT_EQ(ours, theirs);
}

TEST_F(MigrateStore, ThereAndBackIsTheSame) {
  fill(sqlite);
  ASSERT_FALSE(HasFatalFailure());
  const std::string before = dump(sqlite);
  for (const sql::Table& table : sql::tables())
    EXPECT_NE(("\n" + before).find("\n" + table.name + "|"), std::string::npos) << table.name;
  const auto there = migrate_store(sqlite, postgres, random);
  ASSERT_TRUE(there.ok()) << there.failure().detail;
  EXPECT_EQ(there->at(7).name, "records");
  EXPECT_EQ(there->at(7).rows, 1108u);
  EXPECT_EQ(dump(postgres), before);
  const auto again = migrate_store(postgres, back, random);
  ASSERT_TRUE(again.ok()) << again.failure().detail;
  EXPECT_EQ(dump(back), before);
  EXPECT_EQ(dump(sqlite), before);
  // Both go on where the first one stopped.
  const auto on_postgres = open_store(postgres, random).value();
  const auto on_sqlite = open_store(back, random).value();
  EXPECT_EQ(*on_postgres->group_id("readers"), *on_sqlite->group_id("readers"));
  for (Store* store : {static_cast<Store*>(on_postgres.get()), static_cast<Store*>(on_sqlite.get())})
    EXPECT_TRUE(store->register_user({kNow, {}, {}}, bench::make_user("dora", random)).ok());
}

TEST_F(MigrateStore, IntoAStoreThatIsNotEmptyIsRefused) {
  fill(sqlite);
  {
    const auto store = open_store(postgres, random).value();
    ASSERT_TRUE(store->group_id("readers").ok());
  }
  const std::string before = dump(postgres);
  const auto refused = migrate_store(sqlite, postgres, random);
  EXPECT_EQ(refused.error(), Error::already_exists);
  EXPECT_EQ(refused.failure().detail, "the new store is not empty: it has unix_ids");
  EXPECT_EQ(dump(postgres), before);
}

TEST_F(MigrateStore, ThatFailsHalfWayLeavesNothing) {
  fill(sqlite);
  const std::string empty = dump(postgres);
  cluster.sql(
      database,
      "CREATE FUNCTION cardea.full() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE='53100'; END$$;"
      "CREATE TRIGGER full_disk BEFORE INSERT ON cardea.audit FOR EACH ROW EXECUTE FUNCTION cardea.full()");
  EXPECT_EQ(migrate_store(sqlite, postgres, random).error(), Error::disk_full);
  EXPECT_EQ(dump(postgres), empty);
  // A copy that is not the same is none.
  cluster.sql(database,
              "CREATE OR REPLACE FUNCTION cardea.full() RETURNS trigger LANGUAGE plpgsql AS "
              "$$BEGIN NEW.kind := 'changed'; RETURN NEW; END$$");
  const auto differs = migrate_store(sqlite, postgres, random);
  EXPECT_EQ(differs.error(), Error::corrupted);
  EXPECT_EQ(differs.failure().detail, "the copy of audit differs; nothing was kept");
  EXPECT_EQ(dump(postgres), empty);
}

TEST_F(MigrateStore, FromNothingMakesNothing) {
  EXPECT_EQ(migrate_store(sqlite, back, random).error(), Error::not_found);
  EXPECT_FALSE(std::filesystem::exists(sqlite.sqlite_path));
  EXPECT_EQ(migrate_store(postgres, back, random).error(), Error::not_found);
  EXPECT_FALSE(std::filesystem::exists(back.sqlite_path));
}

}  // namespace
}  // namespace cardea::server
