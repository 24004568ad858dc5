// SPDX-License-Identifier: Apache-2.0
// The audit chain's readers, and the removal of what has ended.
#include <chrono>

#include "core/api/forward.h"
#include "server/store/sql/sql_store.h"
#include "server/store/sql/user_rows.h"

namespace cardea::server::sql {
namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;
// Who asks whether the server is ready has two seconds; a change that waits out a failover has twenty.
constexpr std::chrono::milliseconds kReadyPatience{1500};

struct Expiry {
  const char* sql;  // ?1 is the time before which a row has ended
  std::int64_t age;
};

constexpr Expiry kExpiries[] = {
    {"DELETE FROM sessions WHERE expires_at<=?1", 0},
    {"DELETE FROM used_tokens WHERE expires_at<=?1", 0},
    // Twice the time for which a request may be repeated.
    {"DELETE FROM nonces WHERE seen<?1", 1200},
    {"DELETE FROM answers WHERE created<?1", kDay},
    // A few guesses are forgotten after a day, many after a month; a closed account stays closed.
    {"DELETE FROM guesses WHERE count<10 AND last<?1", kDay},
    {"DELETE FROM guesses WHERE count<30 AND last<?1", 30 * kDay},
    // Prefixes have nobody who could open them.
    {"DELETE FROM guesses WHERE subject LIKE 'prefix:%' AND last<?1", kDay},
    {"DELETE FROM guesses WHERE subject LIKE 'officer:%' AND last<?1", kDay},
    {"DELETE FROM officer_sessions WHERE expires_at<=?1", 0},
    // The events stay in the chains; the rows are only for the hour.
    {"DELETE FROM officer_requests WHERE expires_at<=?1", kDay},
    {"DELETE FROM guesses WHERE subject LIKE 'pairings:%' AND last<?1", kDay},
    {"DELETE FROM records WHERE deleted=1 AND changed<?1", 30 * kDay},
    {"DELETE FROM pairings WHERE expires_at<=?1", 0},
    {"DELETE FROM bundle_parts WHERE created<?1", kDay},
    {"DELETE FROM drafts WHERE expires_at<=?1", 0},
    {"DELETE FROM outbox WHERE time<?1", 7 * kDay},
    {"DELETE FROM guesses WHERE subject LIKE 'draft:%' AND last<?1", 8 * kDay},
};
constexpr std::int64_t kWorkDaysKept = 90;
// How long a server says where a user has gone; how long an import waits, whose source would send it again.
constexpr std::int64_t kTombstone = 90 * kDay;
constexpr std::int64_t kArriving = 30 * kDay;
constexpr std::size_t kErasedAtOnce = 20;

// Those who were at home here before, and whose way back has not come to its end, are gone as they were.
// Returns those of whom it can't be read where they went: they must not keep the others waiting.
Result<std::vector<UserId>> send_back(Connection& database, UnixSeconds now) {
  std::vector<api::Forward> forwards;
  std::vector<UserId> unreadable;
  {
    TRY_ASSIGN(auto row, database.prepare("SELECT user_id, forward FROM homes WHERE state='arriving' AND "
                                          "length(forward)>0 AND since<?1 ORDER BY since"));
    row.number(now - kArriving);
    while (forwards.size() < kErasedAtOnce) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) break;
      const auto user = id_at<UserId>(row, 0);
      auto forward = api::decode_forward(row.blob_at(1));
      if (forward.ok() && forward->user == user) {
        forwards.push_back(std::move(forward).value());
      } else {
        unreadable.push_back(user);
      }
    }
  }
  for (const api::Forward& forward : forwards) {
    TRY_ASSIGN(auto row,
               database.prepare("UPDATE homes SET state='gone', region=?2, epoch=?3 WHERE user_id=?1"));
    TRY(row.blob(forward.user.view()).text(forward.region).number(forward.epoch).run());
  }
  return unreadable;
}

// Users who are gone for long, or never came.
Result<std::vector<UserId>> users_to_erase(Connection& database, UnixSeconds now) {
  TRY_ASSIGN(
      auto row,
      database.prepare("SELECT user_id FROM homes WHERE purged=0 AND ((state='gone' AND "
                       "delivered=1 AND since<?1) OR (state='arriving' AND length(forward)=0 AND since<?2)) "
                       "ORDER BY since LIMIT ?3"));
  row.number(now - kTombstone).number(now - kArriving).number(std::uint64_t{kErasedAtOnce});
  std::vector<UserId> users;
  for (;;) {
    TRY_ASSIGN(const bool found, row.step());
    if (!found) return users;
    users.push_back(id_at<UserId>(row, 0));
  }
}

Result<PurgedUsers> erase_moved_users(Connection& database, UnixSeconds now) {
  PurgedUsers out;
  TRY_ASSIGN(out.unreadable, send_back(database, now));
  TRY_ASSIGN(out.erased, users_to_erase(database, now));
  for (const UserId& user : out.erased) {
    TRY(erase_user_rows(database, user));
    TRY_ASSIGN(auto mark, database.prepare("UPDATE homes SET purged=1 WHERE user_id=?1"));
    TRY(mark.blob(user.view()).run());
  }
  return out;
}

// An update of nothing still takes the write lock and the commit path.
Status change_nothing(Connection& database) {
  TRY_ASSIGN(auto row, database.prepare("DELETE FROM used_tokens WHERE token=?1"));
  return row.blob({}).run();
}

}  // namespace

Result<std::optional<StoredAnswer>> SqlStore::find_answer(const Once& once) {
  return read([&](Connection& database) { return find_stored_answer(database, once); });
}

Result<std::vector<AuditEvent>> SqlStore::audit_events(const UserId& user, std::uint64_t after,
                                                       std::size_t limit) {
  return read([&](Connection& database) -> Result<std::vector<AuditEvent>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT sequence, time, kind, details, hash FROM audit "
                                          "WHERE user_id=?1 AND sequence>?2 ORDER BY sequence LIMIT ?3"));
    row.blob(user.view()).number(after).number(std::uint64_t{limit});
    std::vector<AuditEvent> events;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return events;
      events.push_back(
          {row.u64_at(0), row.number_at(1), row.text_at(2), row.text_at(3), row.array_at<32>(4)});
    }
  });
}

Result<PurgedUsers> SqlStore::purge(UnixSeconds now) {
  return write([&](Connection& database) -> Result<PurgedUsers> {
    for (const Expiry& expiry : kExpiries) {
      TRY_ASSIGN(auto row, database.prepare(expiry.sql));
      TRY(row.number(now - expiry.age).run());
    }
    TRY_ASSIGN(auto days, database.prepare("DELETE FROM work_days WHERE day<?1"));
    TRY(days.number(now / kDay - kWorkDaysKept).run());
    return erase_moved_users(database, now);
  });
}

Status SqlStore::ready() {
  std::shared_future<Status> probe;
  {
    const std::lock_guard lock(probe_mutex_);
    if (!probe_.valid() || probe_.wait_for(std::chrono::seconds(0)) == std::future_status::ready)
      probe_ = start_change(change_nothing).share();
    probe = probe_;
  }
  if (probe.wait_for(kReadyPatience) != std::future_status::ready)
    return fail(Error::timeout, "database: for one and a half seconds no change could be made durable");
  return probe.get();
}

}  // namespace cardea::server::sql
