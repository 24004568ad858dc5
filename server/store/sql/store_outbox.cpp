// SPDX-License-Identifier: Apache-2.0
// Messages to the organisation's own channels (docs/spec/notify.md). append_audit puts them in.
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

constexpr char kIsDue[] = "SELECT 1 FROM outbox WHERE due<=?1 LIMIT 1";
constexpr char kTake[] =
    "UPDATE outbox SET due=?2, tries=tries+1 WHERE (user_id, sequence) IN (SELECT user_id, sequence FROM "
    "outbox WHERE due<=?1 ORDER BY due, user_id, sequence LIMIT 1) "
    "RETURNING user_id, sequence, account, time, kind, details, tries";

Result<std::optional<OutboxMessage>> take(Connection& database, const TakeMessage& command) {
  TRY_ASSIGN(auto row, database.prepare(kTake));
  TRY_ASSIGN(const bool found, row.number(command.now).number(command.until).step());
  if (!found) return std::optional<OutboxMessage>{};
  OutboxMessage out;
  out.user = id_at<UserId>(row, 0);
  out.sequence = row.u64_at(1);
  out.account = row.text_at(2);
  out.time = row.number_at(3);
  out.kind = row.text_at(4);
  out.details = row.text_at(5);
  out.tries = row.u32_at(6);
  TRY(row.step());  // to the statement's end
  return std::optional<OutboxMessage>(std::move(out));
}

}  // namespace

Result<std::optional<OutboxMessage>> SqlStore::take_message(const TakeMessage& command) {
  // Mostly there is none, and a change of nothing would still be flushed to the disk.
  TRY_ASSIGN(const bool due, read([&](Connection& database) -> Result<bool> {
               TRY_ASSIGN(auto row, database.prepare(kIsDue));
               return row.number(command.now).step();
             }));
  if (!due) return std::optional<OutboxMessage>{};
  return write([&](Connection& database) { return take(database, command); });
}

Status SqlStore::settle_message(const UserId& user, std::uint64_t sequence) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(auto row, database.prepare("DELETE FROM outbox WHERE user_id=?1 AND sequence=?2"));
    return row.blob(user.view()).number(sequence).run();
  });
}

Status SqlStore::postpone_message(const UserId& user, std::uint64_t sequence, UnixSeconds due) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(auto row, database.prepare("UPDATE outbox SET due=?3 WHERE user_id=?1 AND sequence=?2"));
    return row.blob(user.view()).number(sequence).number(due).run();
  });
}

Result<OutboxState> SqlStore::outbox_state() {
  return read([](Connection& database) -> Result<OutboxState> {
    TRY_ASSIGN(auto row, database.prepare("SELECT count(*), coalesce(min(time), 0) FROM outbox"));
    TRY(row.step());
    return OutboxState{row.u64_at(0), row.number_at(1)};
  });
}

}  // namespace cardea::server::sql
