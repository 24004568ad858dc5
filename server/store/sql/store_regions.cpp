// SPDX-License-Identifier: Apache-2.0
// Where users are at home, and their way from one region to another (docs/spec/relocation.md).
#include <algorithm>
#include <limits>

#include "core/api/account_statement.h"
#include "server/store/sql/sql_store.h"
#include "server/store/sql/user_rows.h"

namespace cardea::server::sql {
namespace {

#define HOME_COLUMNS                                                                                     \
  "user_id, state, region, epoch, since, lease_until, not_before, quiet_until, attempts, records_days, " \
  "bundle, forward, delivered, purged"
// As the index homes_to_do has it.
#define MOVES_TO_DO "(state IN ('agreed', 'frozen') OR (state='gone' AND delivered=0))"

// A source that goes on with a bundle adds to it within minutes, and sends one that was dropped again.
constexpr std::int64_t kIdleBundle = 60 * 60;
// The switch follows within the lease, and the activation then or when both regions are up again.
constexpr std::int64_t kExpected = 24 * 60 * 60;

// Behind it there is no next one.
constexpr auto kLastEpoch = std::numeric_limits<std::uint32_t>::max();

Home read_home(const Statement& row) {
  Home home;
  home.user = id_at<UserId>(row, 0);
  // An unknown word, which the schema excludes, must not read as one who may be changed.
  home.state = home_state(row.text_at(1)).value_or(HomeState::frozen);
  home.region = row.text_at(2);
  home.epoch = row.u32_at(3);
  home.since = row.number_at(4);
  home.lease_until = row.number_at(5);
  home.not_before = row.number_at(6);
  home.quiet_until = row.number_at(7);
  home.attempts = row.u32_at(8);
  home.records_days = row.number_at(9) != 0;
  home.bundle = row.array_at<32>(10);
  home.forward = row.blob_at(11);
  home.delivered = row.number_at(12) != 0;
  home.purged = row.number_at(13) != 0;
  return home;
}

Result<std::optional<Home>> find_home(Connection& database, const UserId& user) {
  TRY_ASSIGN(auto row, database.prepare("SELECT " HOME_COLUMNS " FROM homes WHERE user_id=?1"));
  TRY_ASSIGN(const bool found, row.blob(user.view()).step());
  return found ? std::optional<Home>(read_home(row)) : std::nullopt;
}

Result<bool> is_user(Connection& database, const UserId& user) {
  TRY_ASSIGN(auto row, database.prepare("SELECT 1 FROM users WHERE user_id=?1"));
  return row.blob(user.view()).step();
}

Result<Home> home_of(Connection& database, const UserId& user) {
  TRY_ASSIGN(auto home, find_home(database, user));
  if (home) return std::move(*home);
  TRY_ASSIGN(const bool known, is_user(database, user));
  if (!known) return fail(Error::not_found, "no such user");
  Home out;
  out.user = user;
  return out;
}

Status write_home(Connection& database, const Home& home) {
  TRY_ASSIGN(auto put, database.prepare(
                           "INSERT INTO homes(" HOME_COLUMNS
                           ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) "
                           "ON CONFLICT(user_id) DO UPDATE SET state=excluded.state, "
                           "region=excluded.region, epoch=excluded.epoch, since=excluded.since, "
                           "lease_until=excluded.lease_until, not_before=excluded.not_before, "
                           "quiet_until=excluded.quiet_until, attempts=excluded.attempts, "
                           "records_days=excluded.records_days, bundle=excluded.bundle, "
                           "forward=excluded.forward, delivered=excluded.delivered, purged=excluded.purged"));
  put.blob(home.user.view())
      .text(name_of(home.state))
      .text(home.region)
      .number(home.epoch)
      .number(home.since);
  put.number(home.lease_until).number(home.not_before).number(home.quiet_until).number(home.attempts);
  put.number(std::int64_t{home.records_days ? 1 : 0}).blob(home.bundle).blob(home.forward);
  put.number(std::int64_t{home.delivered ? 1 : 0});
  return put.number(std::int64_t{home.purged ? 1 : 0}).run();
}

bool takes_changes(HomeState state) {
  return state == HomeState::here || state == HomeState::asked || state == HomeState::agreed;
}

Status forget_days(Connection& database, const UserId& user) {
  TRY_ASSIGN(auto row, database.prepare("DELETE FROM work_days WHERE user_id=?1"));
  return row.blob(user.view()).run();
}

Result<Home> change(Connection& database, const HomeChange& command, UnixSeconds now) {
  TRY_ASSIGN(const Home old, home_of(database, command.to.user));
  if (old.state != command.from || old.epoch != command.from_epoch)
    return fail(Error::precondition_failed, std::string("the user is ") + name_of(old.state));
  if (command.to.state == HomeState::frozen && old.epoch == kLastEpoch)
    return fail(Error::limit_exceeded, "the user has moved as often as can be counted");
  if (command.not_after != 0 && now >= command.not_after)
    return fail(Error::precondition_failed, "the lease is over");
  Home home = command.to;
  home.since = old.state == home.state ? old.since : now;
  home.records_days = old.records_days;
  home.purged = old.purged && home.state == HomeState::gone;
  const bool before = takes_changes(old.state);
  if (command.audit && before) TRY(append_audit(database, home.user, *command.audit, now));
  TRY(write_home(database, home));
  if (command.audit && !before) TRY(append_audit(database, home.user, *command.audit, now));
  if (home.state == HomeState::gone) TRY(forget_days(database, home.user));
  return home;
}

Status put_keys(Connection& database, const UserId& user, const MovedKeys& keys) {
  TRY_ASSIGN(auto put, database.prepare("INSERT INTO oprf_keys(user_id, key_a, key_b) VALUES(?1, ?2, ?3) "
                                        "ON CONFLICT(user_id) DO UPDATE SET key_a=excluded.key_a, "
                                        "key_b=excluded.key_b"));
  return put.blob(user.view()).blob(keys.key_a).blob(keys.key_b).run();
}

// The length of the chain that a bundle brings, as its user's row says.
std::int64_t length_of_chain(const UserRows& rows) {
  for (const UserTable& table : rows) {
    if (table.name != "users" || table.rows.size() != 1) continue;
    const auto& row = table.rows.front();
    for (std::size_t i = 0; i < std::min(row.size(), table.columns.size()); ++i) {
      if (table.columns[i].name == "audit_length") return row[i].number;
    }
  }
  return 0;
}

// Events are only ever added: with a head before those that are here, no event could follow any more.
Status check_chain_goes_on(Connection& database, const ImportUser& command) {
  TRY_ASSIGN(auto row, database.prepare("SELECT audit_length FROM users WHERE user_id=?1"));
  TRY_ASSIGN(const bool known, row.blob(command.user.view()).step());
  if (known && length_of_chain(command.rows) < row.number_at(0))
    return fail(Error::server_conflict, "the user has more events here");
  return {};
}

// Where somebody who is not at home here is expected from, only that region may bring him.
Status check_source(const ImportUser& command, const Home& home, UnixSeconds now) {
  if (home.region == command.from) return {};
  const bool was_here = home.state == HomeState::gone || !home.forward.empty();
  if (was_here && !home.delivered)
    return fail(Error::server_conflict, "the user went to another region, which has not answered yet");
  // Else a third region could put its own bundle between the switch of the first and the activation.
  if (home.state == HomeState::arriving && now < home.since + kExpected)
    return fail(Error::timeout, "the user is about to come from another region");
  return {};
}

// Only somebody who is not at home here, and was not here later than the bundle says.
Status check_may_arrive(Connection& database, const ImportUser& command, const std::optional<Home>& home,
                        UnixSeconds now) {
  if (command.epoch == kLastEpoch) return fail(Error::server_conflict, "no epoch is behind that");
  if (!home) {
    TRY_ASSIGN(const bool known, is_user(database, command.user));
    return known ? fail(Error::server_conflict, "the user is at home here") : Status();
  }
  if (home->state != HomeState::gone && home->state != HomeState::arriving)
    return fail(Error::server_conflict, "the user is at home here");
  if (home->epoch > command.epoch) return fail(Error::server_conflict, "the user was here later than that");
  TRY(check_source(command, *home, now));
  return check_chain_goes_on(database, command);
}

Status import(Connection& database, const ImportUser& command, UnixSeconds now) {
  TRY_ASSIGN(const auto old, find_home(database, command.user));
  TRY(check_may_arrive(database, command, old, now));
  TRY(write_user_rows(database, command.user, command.rows));
  TRY(put_keys(database, command.user, command.keys));
  Home home;
  home.user = command.user;
  home.state = HomeState::arriving;
  home.region = command.from;
  home.epoch = command.epoch;
  home.since = now;
  home.records_days = command.records_days;
  home.bundle = command.bundle;
  if (old) {  // until he has arrived, his way is the one that he is known to have gone
    home.forward = old->forward;
    home.delivered = old->delivered;
  }
  return write_home(database, home);
}

Status activate(Connection& database, const ActivateUser& command, UnixSeconds now) {
  TRY_ASSIGN(auto home, find_home(database, command.user));
  if (!home) return fail(Error::server_conflict, "nothing was imported");
  // The answer was lost, and he may even have moved on since.
  if (home->state != HomeState::arriving && home->epoch >= command.epoch) return {};
  // Exactly the next one, or the number of his moves would run out at a region's word.
  if (home->state != HomeState::arriving || home->bundle != command.bundle || home->epoch == kLastEpoch ||
      command.epoch != home->epoch + 1)
    return fail(Error::server_conflict, "this is not what was imported");
  home->state = HomeState::here;
  home->region.clear();
  home->epoch = command.epoch;
  home->since = now;
  home->quiet_until = command.quiet_until;
  home->forward.clear();
  home->delivered = false;
  TRY(write_home(database, *home));
  TRY(append_audit(database, command.user, command.audit, now));
  return {};
}

// Whether the parts of this source are fewer than it may have here, and the bundles they are of.
Result<bool> has_room(Connection& database, const PutBundlePart& command, const BundleId& first,
                      const BundleId& last) {
  TRY_ASSIGN(auto row, database.prepare("SELECT count(*), count(DISTINCT CASE WHEN move<>?3 THEN move END) "
                                        "FROM bundle_parts WHERE move>=?1 AND move<=?2"));
  TRY(row.blob(first).blob(last).blob(command.id).step());
  return row.u64_at(0) < command.max_parts && row.u64_at(1) < command.max_bundles;
}

// Else a region that never ends a move fills the disk.
Status find_room(Connection& database, const PutBundlePart& command, UnixSeconds now) {
  {
    TRY_ASSIGN(auto row, database.prepare("SELECT 1 FROM bundle_parts WHERE move=?1 AND number=?2"));
    TRY_ASSIGN(const bool known, row.blob(command.id).number(command.number).step());
    if (known) return {};
  }
  BundleId first{}, last{};
  last.fill(0xff);
  for (BundleId* const end : {&first, &last})
    std::copy_n(command.id.begin(), kBundleSource, end->begin());
  TRY_ASSIGN(const bool room, has_room(database, command, first, last));
  if (room) return {};
  TRY_ASSIGN(auto drop, database.prepare(
                            "DELETE FROM bundle_parts WHERE move>=?1 AND move<=?2 AND move<>?3 AND move NOT "
                            "IN (SELECT move FROM bundle_parts WHERE move>=?1 AND move<=?2 AND created>?4)"));
  TRY(drop.blob(first).blob(last).blob(command.id).number(now - kIdleBundle).run());
  TRY_ASSIGN(const bool made, has_room(database, command, first, last));
  return made ? Status() : fail(Error::timeout, "that region has enough bundles here");
}

}  // namespace

Result<Home> SqlStore::home(const UserId& user) {
  return read([&](Connection& database) { return home_of(database, user); });
}

Result<Home> SqlStore::change_home(const HomeChange& command, UnixSeconds now) {
  return write([&](Connection& database) { return change(database, command, now); });
}

// Who waits for another try is not among them: twenty who can't move would hide everybody else.
Result<std::vector<Home>> SqlStore::moves(UnixSeconds now, bool begin, std::size_t limit) {
  return read([&](Connection& database) -> Result<std::vector<Home>> {
    TRY_ASSIGN(auto row,
               database.prepare(
                   "SELECT " HOME_COLUMNS " FROM homes WHERE " MOVES_TO_DO
                   " AND (?3>0 OR state<>'agreed') AND CASE WHEN state='frozen' THEN lease_until<=?1 ELSE "
                   "not_before<=?1 END "
                   "ORDER BY CASE WHEN state='frozen' THEN 0 ELSE 1 END, not_before, user_id LIMIT ?2"));
    row.number(now).number(std::uint64_t{limit}).number(std::int64_t{begin ? 1 : 0});
    std::vector<Home> homes;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return homes;
      homes.push_back(read_home(row));
    }
  });
}

Status SqlStore::record_days(const UserId& user, bool on) {
  return write([&](Connection& database) -> Status {
    TRY(user_epoch(database, user));
    TRY_ASSIGN(Home home, home_of(database, user));
    home.records_days = on;
    if (!on) TRY(forget_days(database, user));
    return write_home(database, home);
  });
}

Result<std::vector<WorkDay>> SqlStore::work_days(const UserId& user, std::int64_t since) {
  return read([&](Connection& database) -> Result<std::vector<WorkDay>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT day, region FROM work_days WHERE user_id=?1 AND day>=?2 "
                                          "ORDER BY day"));
    row.blob(user.view()).number(since);
    std::vector<WorkDay> days;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return days;
      days.push_back({row.number_at(0), row.text_at(1)});
    }
  });
}

Result<std::vector<UserId>> SqlStore::roaming_users(std::string_view here, std::int64_t since,
                                                    std::uint64_t days, const UserId& after,
                                                    std::size_t limit) {
  return read([&](Connection& database) -> Result<std::vector<UserId>> {
    TRY_ASSIGN(auto row,
               database.prepare("SELECT w.user_id FROM work_days w JOIN homes h ON h.user_id=w.user_id WHERE "
                                "h.state='here' AND w.region<>?1 AND w.day>=?2 AND w.user_id>?3 GROUP BY "
                                "w.user_id HAVING count(*)>=?4 ORDER BY w.user_id LIMIT ?5"));
    row.text(here).number(since).blob(after.view()).number(days).number(std::uint64_t{limit});
    std::vector<UserId> users;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return users;
      users.push_back(id_at<UserId>(row, 0));
    }
  });
}

Result<UserRows> SqlStore::user_rows(const UserId& user) {
  return read([&](Connection& database) { return read_user_rows(database, user); });
}

Status SqlStore::put_bundle_part(const PutBundlePart& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY(find_room(database, command, now));
    TRY_ASSIGN(auto put, database.prepare("INSERT INTO bundle_parts(move, number, bytes, created) "
                                          "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(move, number) DO UPDATE SET "
                                          "bytes=excluded.bytes, created=excluded.created"));
    return put.blob(command.id).number(command.number).blob(command.part).number(now).run();
  });
}

Result<Bytes> SqlStore::bundle(const BundleId& id, std::uint32_t count) {
  return read([&](Connection& database) -> Result<Bytes> {
    Bytes out;
    for (std::uint32_t number = 0; number < count; ++number) {
      TRY_ASSIGN(auto row, database.prepare("SELECT bytes FROM bundle_parts WHERE move=?1 AND number=?2"));
      TRY_ASSIGN(const bool found, row.blob(id).number(number).step());
      if (!found) return fail(Error::not_found, "a part of the bundle is missing");
      const Bytes part = row.blob_at(0);
      out.insert(out.end(), part.begin(), part.end());
    }
    return out;
  });
}

Status SqlStore::drop_bundle(const BundleId& id) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(auto row, database.prepare("DELETE FROM bundle_parts WHERE move=?1"));
    return row.blob(id).run();
  });
}

Status SqlStore::import_user(const ImportUser& command, UnixSeconds now) {
  return write([&](Connection& database) { return import(database, command, now); });
}

Status SqlStore::activate_user(const ActivateUser& command, UnixSeconds now) {
  return write([&](Connection& database) { return activate(database, command, now); });
}

Result<std::optional<MovedKeys>> SqlStore::moved_keys(const UserId& user) {
  return read([&](Connection& database) -> Result<std::optional<MovedKeys>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT key_a, key_b FROM oprf_keys WHERE user_id=?1"));
    TRY_ASSIGN(const bool found, row.blob(user.view()).step());
    return found ? std::optional<MovedKeys>(MovedKeys{row.blob_at(0), row.blob_at(1)}) : std::nullopt;
  });
}

Status SqlStore::reserve_unix_ids(std::uint32_t first, std::uint32_t last) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(const std::int64_t counter, database.last_unix_id());
    const bool unused = counter == std::int64_t{api::kFirstUnixId} - 1;
    if (!unused && (counter < std::int64_t{first} - 1 || counter > std::int64_t{last}))
      return fail(Error::config_invalid, "numbers of another range were given out: the next one would be " +
                                             std::to_string(counter + 1));
    if (unused) TRY(database.set_last_unix_id(std::int64_t{first} - 1));
    TRY_ASSIGN(auto put,
               database.prepare("INSERT INTO unix_id_range(one, first, last) VALUES(1, ?1, ?2) ON "
                                "CONFLICT(one) DO UPDATE SET first=excluded.first, last=excluded.last"));
    return put.number(first).number(last).run();
  });
}

}  // namespace cardea::server::sql
