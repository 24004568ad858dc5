// SPDX-License-Identifier: Apache-2.0
// The store's contract: regions.
#include <algorithm>
#include <set>

#include "server/store/sql/tables.h"
#include "server/store/sql/user_rows.h"
#include "tests/unit/server/store_contract_homes.h"

namespace cardea::server {
namespace {

constexpr std::int64_t kToday = kNow / kDay;

class StoreContractRegions : public StoreContractHomes {
 protected:
  // Every command that changes something of this user, and what it says.
  std::vector<std::pair<std::string, Error>> change_everything(const RegisterUser& anna,
                                                               const RecordId& record) {
    const UserId& id = anna.user.id;
    const ComputerId& computer = anna.computer.id;
    const AuditNote note{"x", api::Json::Object{}};
    Card card = anna.card;
    card.id = random_id<CardId>();
    RegisterUser more = make_user("x");
    const auto spliced = [](ByteView bytes) -> Result<Bytes> { return to_bytes(bytes); };
    return {
        {"put_holder", store->put_holder({id, anna.holders[0], 64}).error()},
        {"open_session", open_session(anna, random_id<SessionId>(), 77).error()},
        {"set_card_state",
         store->set_card_state({kNow, {}, {}}, {id, anna.card.id, CardState::suspended, "lost", 1, note})
             .error()},
        {"replace_card",
         store
             ->replace_card({kNow, {}, {}},
                            {id, {}, card, "lost", 1, {}, Bytes(9), {}, computer, false, note})
             .error()},
        {"add_computer", store->add_computer({kNow, {}, {}}, {id, more.computer, {}, note}).error()},
        {"check_in", store->check_in({kNow, {}, {}}, {computer, id, 1, Bytes(15, 2), 0}).error()},
        {"begin_generation", store->begin_generation({kNow, {}, {}}, id, computer).error()},
        {"prepare_generation",
         store->prepare_generation({kNow, {}, {}}, {computer, id, 2, Bytes(1), Bytes(15), Bytes(44)})
             .error()},
        {"issue_access_key", store->issue_access_key({kNow, {}, {}}, {id, computer, 1000, 64, note}).error()},
        {"admit_guest", store->admit_guest({kNow, {}, {}}, {anna.card.id, computer, "net"}).error()},
        {"put_record", store->put_record({id, random_id<RecordId>(), {}, 1, Bytes(5), 10}, kNow).error()},
        {"rewrap_record", store->rewrap_record({kNow, {}, {}}, {id, record, 1, 1, spliced}).error()},
        {"delete_record", store->delete_record({id, record, 1}, kNow).error()},
        {"record_days", store->record_days(id, true).error()},
        {"restore_record", store->restore_record({kNow, {}, {}}, {id, trashed, 2, 10}).error()},
        {"ask_for_keys", store->ask_for_keys({kNow, {}, {}}, {id, computer, note}).error()},
        {"retire_computer", store->retire_computer({kNow, {}, {}}, {id, computer, note}).error()},
        {"suspend_all_cards", store->suspend_all_cards({id, {41}, kNow + 9, "net"}, kNow).error()},
        {"reopen_account",
         store->reopen_account({{id, {42}, kNow + 9, "net"}, "account:x", {"reopened", nullptr}}, kNow)
             .error()},
        {"set_account", store->set_account({anna.user.account, "account:x", 0, "root"}, kNow).error()},
        {"note_officer", store->note_officer(id, note, kNow).error()},
        {"answer_pairing", store->answer_pairing({waiting, Bytes(9), id, anna.card.id}, kNow).error()},
    };
  }
  RegisterUser furnished(const std::string& account, RecordId& record) {
    const RegisterUser anna = registered(account);
    const AuditNote note{"x", api::Json::Object{}};
    const Change<Generation> once{kNow, {}, {}};
    EXPECT_TRUE(store->begin_generation(once, anna.user.id, anna.computer.id).ok());
    EXPECT_TRUE(
        store
            ->prepare_generation(once, {anna.computer.id, anna.user.id, 1, Bytes(9), Bytes(15, 2), Bytes(44)})
            .ok());
    EXPECT_TRUE(store->commit_generation(once, {anna.computer.id, anna.user.id, 1, Bytes(15, 2), note}).ok());
    EXPECT_TRUE(store->begin_generation(once, anna.user.id, anna.computer.id).ok());
    record = random_id<RecordId>();
    EXPECT_TRUE(store->put_record({anna.user.id, record, {}, 1, Bytes(5), 10}, kNow).ok());
    trashed = random_id<RecordId>();
    EXPECT_TRUE(store->put_record({anna.user.id, trashed, {}, 1, Bytes(5), 10}, kNow).ok());
    EXPECT_TRUE(store->delete_record({anna.user.id, trashed, 1, 10}, kNow).ok());
    waiting = random_id<PairingId>();
    EXPECT_TRUE(
        store->open_pairing({{waiting, Bytes(44), Bytes(65), Bytes(94), {}, "net", kNow + 600}, 9}, kNow)
            .ok());
    return anna;
  }
  RecordId trashed;
  PairingId waiting;
};

TEST_P(StoreContractRegions, EverybodyIsAtHomeUntilSomethingIsSaid) {
  const RegisterUser anna = registered("anna");
  const Home home = *store->home(anna.user.id);
  EXPECT_EQ(home.state, HomeState::here);
  EXPECT_EQ(home.epoch, 1u);
  EXPECT_FALSE(home.records_days);
  EXPECT_EQ(store->home(random_id<UserId>()).error(), Error::not_found);
  EXPECT_TRUE(store->moves(kNow + kDay, true, 10)->empty());
}

TEST_P(StoreContractRegions, DaysAreKeptOnlyOfWhoWantsIt) {
  const RegisterUser anna = registered("anna");
  const UserId& id = anna.user.id;
  CheckIn command{anna.computer.id, id, 0, {}, 0, "south"};
  ASSERT_TRUE(store->check_in({kNow, {}, {}}, command).ok());
  EXPECT_TRUE(store->work_days(id, 0)->empty());
  ASSERT_TRUE(store->record_days(id, true).ok());
  ASSERT_TRUE(store->check_in({kNow, {}, {}}, command).ok());
  command.region = "west";
  ASSERT_TRUE(store->check_in({kNow + 60, {}, {}}, command).ok());
  ASSERT_TRUE(store->check_in({kNow + kDay, {}, {}}, command).ok());
  command.region.clear();
  ASSERT_TRUE(store->check_in({kNow + 2 * kDay, {}, {}}, command).ok());
  const std::vector<WorkDay> expected{{kToday, "west"}, {kToday + 1, "west"}};
  EXPECT_EQ(*store->work_days(id, 0), expected);
  OpenSession open;
  open.session = {
      random_id<SessionId>(), id, SessionLevel::card, false, Bytes(44, 1), anna.card.id, {}, kNow + 9};
  open.token_expires_at = kNow + 50;
  open.audit = {"session-opened", api::Json::Object{}};
  open.region = "south";
  ASSERT_TRUE(store->open_session(open, kNow + 3 * kDay).ok());
  EXPECT_EQ(store->work_days(id, kToday + 3)->size(), 1u);
  reopen();
  EXPECT_EQ(store->work_days(id, 0)->size(), 3u);
  ASSERT_TRUE(store->purge(kNow + 92 * kDay).ok());
  EXPECT_EQ(store->work_days(id, 0)->size(), 1u);
  ASSERT_TRUE(store->record_days(id, false).ok());
  EXPECT_TRUE(store->work_days(id, 0)->empty());
}

TEST_P(StoreContractRegions, OnlyThoseWhoWorkElsewhereAreLookedAt) {
  std::set<UserId> expected;
  for (int i = 0; i < 5; ++i) {
    const RegisterUser user = registered("user" + std::to_string(i));
    ASSERT_TRUE(store->record_days(user.user.id, true).ok());
    for (int day = 0; day < 4; ++day) {
      const std::string region = i < 3 || day == 0 ? "south" : "north";
      ASSERT_TRUE(
          store->check_in({kNow + day * kDay, {}, {}}, {user.computer.id, user.user.id, 0, {}, 0, region})
              .ok());
    }
    if (i < 3) expected.insert(user.user.id);
  }
  std::set<UserId> found;
  UserId after;
  for (;;) {
    const auto page = *store->roaming_users("north", kToday, 2, after, 2);
    found.insert(page.begin(), page.end());
    if (page.size() < 2) break;
    after = page.back();
  }
  EXPECT_EQ(found, expected);
}

TEST_P(StoreContractRegions, AStateChangesOnlyFromTheOneThatWasSeen) {
  const UserId id = registered("anna").user.id;
  const Home old = *store->home(id);
  HomeChange ask{HomeState::here, 1, old, AuditNote{"asked", api::Json::Object{}}, 0};
  ask.to.state = HomeState::asked;
  ask.to.region = "south";
  ASSERT_TRUE(store->change_home(ask, kNow).ok());
  EXPECT_EQ(store->change_home(ask, kNow).error(), Error::precondition_failed);
  EXPECT_EQ(store->get_user(id)->audit.length, 2u);
  ask.from = HomeState::asked;
  ask.from_epoch = 2;
  EXPECT_EQ(store->change_home(ask, kNow).error(), Error::precondition_failed);
  EXPECT_TRUE(store->moves(kNow + kDay, true, 10)->empty());
  ASSERT_TRUE(change(id, HomeState::agreed).ok());
  ASSERT_TRUE(change(id, HomeState::frozen).ok());
  EXPECT_EQ(change(id, HomeState::gone, kNow).error(), Error::precondition_failed);
  reopen();
  ASSERT_EQ(store->moves(kNow + kDay, true, 10)->size(), 1u);
  EXPECT_EQ(store->moves(kNow + kDay, true, 10)->front().region, "south");
  ASSERT_TRUE(change(id, HomeState::gone, kNow + 1).ok());
  EXPECT_EQ(store->get_user(id)->audit.length, 4u);
}

TEST_P(StoreContractRegions, WhoCanNotMoveNowHidesNobody) {
  constexpr std::size_t kAtOnce = 20;
  const auto wait = [&](HomeState state, UnixSeconds not_before) {
    static int number = 0;
    const UserId id = registered("user" + std::to_string(number++)).user.id;
    for (const HomeState next : {HomeState::agreed, HomeState::frozen, HomeState::gone}) {
      const Home old = *store->home(id);
      HomeChange command{old.state, old.epoch, old, {}, 0};
      command.to.state = next;
      command.to.region = "south";
      command.to.not_before = not_before;
      command.to.lease_until = kNow + 60;
      EXPECT_TRUE(store->change_home(command, kNow).ok());
      if (next == state) break;
    }
    return id;
  };
  for (std::size_t i = 0; i < kAtOnce; ++i)
    (void)wait(i % 2 == 0 ? HomeState::agreed : HomeState::gone, kNow + 1000);
  const UserId ready = wait(HomeState::agreed, 0), frozen = wait(HomeState::frozen, 0);
  const UserId undelivered = wait(HomeState::gone, kNow + 10);
  reopen();
  const auto users = [&](UnixSeconds now, std::size_t limit, bool begin = true) {
    std::vector<UserId> out;
    const auto homes = store->moves(now, begin, limit);
    for (const Home& home : *homes)
      out.push_back(home.user);
    return out;
  };
  EXPECT_EQ(users(kNow, kAtOnce), std::vector<UserId>{ready});
  // A user who is frozen can't work: he comes first.
  EXPECT_EQ(users(kNow + 60, kAtOnce), (std::vector<UserId>{frozen, ready, undelivered}));
  EXPECT_EQ(users(kNow + 60, 1), std::vector<UserId>{frozen});
  EXPECT_EQ(users(kNow + 1000, 100).size(), kAtOnce + 3);
  // Who has only agreed waits while nothing may begin, and hides nobody either.
  EXPECT_EQ(users(kNow + 60, 2, false), (std::vector<UserId>{frozen, undelivered}));
  EXPECT_EQ(users(kNow + 1000, 100, false).size(), kAtOnce / 2 + 2);
}

TEST_P(StoreContractRegions, NothingOfAFrozenUserChanges) {
  RecordId record;
  const RegisterUser anna = furnished("anna", record);
  ASSERT_TRUE(change(anna.user.id, HomeState::agreed).ok());
  ASSERT_TRUE(change(anna.user.id, HomeState::frozen).ok());
  const UserRows before = *store->user_rows(anna.user.id);
  for (const auto& [command, error] : change_everything(anna, record))
    EXPECT_EQ(error, Error::timeout) << command;
  EXPECT_EQ(*store->user_rows(anna.user.id), before);
  EXPECT_EQ(store->get_record(anna.user.id, record)->size, 5u);
  // Others are not held up, and he goes on when he thaws.
  EXPECT_TRUE(store
                  ->check_in({kNow, {}, {}},
                             [&] {
                               const RegisterUser berta = registered("berta");
                               return CheckIn{berta.computer.id, berta.user.id, 0, {}, 0};
                             }())
                  .ok());
  ASSERT_TRUE(change(anna.user.id, HomeState::agreed).ok());
  EXPECT_TRUE(store->delete_record({anna.user.id, record, 1}, kNow).ok());
}

TEST_P(StoreContractRegions, WhoIsGoneIsNamedAsSuch) {
  RecordId record;
  const RegisterUser anna = furnished("anna", record);
  for (const HomeState next : {HomeState::agreed, HomeState::frozen, HomeState::gone})
    ASSERT_TRUE(change(anna.user.id, next).ok());
  for (const auto& [command, error] : change_everything(anna, record))
    EXPECT_EQ(error, Error::peer_not_trusted) << command;
  const Status refused = store->delete_record({anna.user.id, record, 1}, kNow);
  EXPECT_EQ(user_moved_away(refused.failure()), anna.user.id);
  EXPECT_FALSE(user_moved_away(fail(Error::peer_not_trusted, "this server is not “x”")));
}

TEST_P(StoreContractRegions, RowsOfAUserComeIntoAnyEngine) {
  RecordId record;
  const RegisterUser anna = furnished("Anna", record);
  ASSERT_TRUE(store->delete_record({anna.user.id, record, 1}, kNow).ok());
  const UserRows rows = *store->user_rows(anna.user.id);
  for (const Engine& engine : all_engines()) {
    const test::TempDir other_dir;
    const auto other = engine.open(other_dir);
    ASSERT_NE(other, nullptr);
    const auto imported = other->import_user(import_of(rows, anna.user.id), kNow);
    ASSERT_TRUE(imported.ok()) << imported.failure().detail;
    EXPECT_EQ(*other->user_rows(anna.user.id), rows) << engine.name;
    EXPECT_EQ(other->get_user(anna.user.id)->uid, store->get_user(anna.user.id)->uid);
    EXPECT_EQ(other->moved_keys(anna.user.id)->value().key_b, Bytes(94, 2));
    const auto early = other->put_record({anna.user.id, record, {}, 1, Bytes(5), 10}, kNow);
    EXPECT_EQ(early.error(), Error::timeout);
    const ActivateUser activate{anna.user.id, 2, {7}, 0, {"moved-in", api::Json::Object{}}};
    ASSERT_TRUE(other->activate_user(activate, kNow).ok());
    ASSERT_TRUE(other->activate_user(activate, kNow).ok());
    EXPECT_EQ(other->get_user(anna.user.id)->audit.length, rows.size() > 0 ? 3u : 0u);
    // The tombstone went along: no version is given twice.
    EXPECT_EQ(other->put_record({anna.user.id, record, {}, 1, Bytes(5), 10}, kNow)->version, 3u);
    EXPECT_TRUE(other->home(anna.user.id)->records_days);
  }
}

TEST_P(StoreContractRegions, AnImportTakesNothingFromAnybody) {
  RecordId record;
  const RegisterUser anna = furnished("anna", record);
  const UserRows rows = *store->user_rows(anna.user.id);
  EXPECT_EQ(store->import_user(import_of(rows, anna.user.id), kNow).error(), Error::server_conflict);
  const test::TempDir other_dir;
  const auto other = GetParam().open(other_dir);
  RegisterUser namesake = make_user("ANNA");
  ASSERT_TRUE(other->register_user({kNow, {}, {}}, namesake).ok());
  EXPECT_EQ(other->import_user(import_of(rows, anna.user.id), kNow).error(), Error::account_exists);
  EXPECT_EQ(other->get_user(anna.user.id).error(), Error::not_found);
}

TEST_P(StoreContractRegions, OnlyTheNextEpochIsActivated) {
  const RegisterUser anna = registered("anna");
  const UserId& id = anna.user.id;
  const UserRows rows = *store->user_rows(id);
  const test::TempDir other_dir;
  const auto other = GetParam().open(other_dir);
  ImportUser last = import_of(rows, id);
  last.epoch = 0xffffffff;
  EXPECT_EQ(other->import_user(last, kNow).error(), Error::server_conflict);
  last.epoch = 0xfffffffe;
  ASSERT_TRUE(other->import_user(last, kNow).ok());
  const AuditNote note{"moved-in", api::Json::Object{}};
  ASSERT_TRUE(other->activate_user({id, 0xffffffff, {7}, 0, note}, kNow).ok());
  // He stays: what comes behind it would be 0.
  HomeChange freeze{HomeState::here, 0xffffffff, *other->home(id), {}, 0};
  freeze.to.state = HomeState::frozen;
  EXPECT_EQ(other->change_home(freeze, kNow).error(), Error::limit_exceeded);
  const test::TempDir third_dir;
  const auto third = GetParam().open(third_dir);
  ASSERT_TRUE(third->import_user(import_of(rows, id), kNow).ok());
  for (const std::uint32_t epoch : {0xffffffffu, 3u, 1u, 0u})
    EXPECT_EQ(third->activate_user({id, epoch, {7}, 0, note}, kNow).error(), Error::server_conflict) << epoch;
  EXPECT_TRUE(third->activate_user({id, 2, {7}, 0, note}, kNow).ok());
}

TEST_P(StoreContractRegions, AUidIsForEver) {
  ASSERT_TRUE(store->reserve_unix_ids(2'020'000'000, 2'020'000'001).ok());
  const RegisterUser anna = registered("anna");
  EXPECT_EQ(store->get_user(anna.user.id)->uid, 2'020'000'000u);
  EXPECT_EQ(store->reserve_unix_ids(2'030'000'000, 2'039'999'999).error(), Error::config_invalid);
  const UserRows rows = *store->user_rows(anna.user.id);
  const test::TempDir other_dir;
  const auto other = GetParam().open(other_dir);
  // Two regions with one range: refused, before a number belongs to two.
  ASSERT_TRUE(other->reserve_unix_ids(2'020'000'000, 2'029'999'999).ok());
  EXPECT_EQ(other->import_user(import_of(rows, anna.user.id), kNow).error(), Error::already_exists);
  const test::TempDir third_dir;
  const auto third = GetParam().open(third_dir);
  ASSERT_TRUE(third->reserve_unix_ids(2'010'000'000, 2'019'999'999).ok());
  ASSERT_TRUE(third->import_user(import_of(rows, anna.user.id), kNow).ok());
  // The counter stays in its own range.
  EXPECT_EQ(*third->group_id("readers"), 2'010'000'000u);
  ASSERT_TRUE(store->group_id("readers").ok());
  EXPECT_EQ(store->group_id("writers").error(), Error::limit_exceeded);
}

TEST_P(StoreContractRegions, WhoMayBeComingBackIsStillNamedAsMovedAway) {
  RecordId record;
  const RegisterUser anna = furnished("anna", record);
  const UserId& id = anna.user.id;
  ASSERT_TRUE(gone(id, forward_of(id)).ok());
  ASSERT_TRUE(store->import_user(import_of(*store->user_rows(id), id, "south"), kNow).ok());
  for (const auto& [command, error] : change_everything(anna, record))
    EXPECT_EQ(error, Error::peer_not_trusted) << command;
  EXPECT_TRUE(store->purge(kNow + 30 * kDay)->erased.empty());
  EXPECT_EQ(store->home(id)->state, HomeState::arriving);
  EXPECT_TRUE(store->purge(kNow + 31 * kDay)->erased.empty());
  const Home home = *store->home(id);
  EXPECT_EQ(home.state, HomeState::gone);
  EXPECT_EQ(home.region, "south");
  EXPECT_EQ(home.forward, forward_of(id));
}

TEST(RegionTables, EveryTableOfUsersMovesOrStays) {
  const auto has = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const sql::Table& table : sql::tables()) {
    const bool of_users = std::any_of(table.columns.begin(), table.columns.end(),
                                      [](const sql::Column& column) { return column.name == "user_id"; });
    const bool moves = has(sql::tables_that_move(), table.name);
    const bool stays = has(sql::tables_that_stay(), table.name);
    EXPECT_FALSE(moves && stays) << table.name;
    if (of_users) {
      EXPECT_TRUE(moves || stays) << table.name << ": docs/spec/relocation.md, Bundle";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractRegions, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
