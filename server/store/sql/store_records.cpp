// SPDX-License-Identifier: Apache-2.0
// Sealed records with versions, and tombstones.
#include "server/store/sql/record_rows.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {

Record read_record(const Statement& row) {
  Record record;
  record.id = id_at<RecordId>(row, 0);
  record.version = row.u64_at(1);
  record.epoch = row.u32_at(2);
  record.size = row.u64_at(3);
  record.deleted = row.number_at(4) != 0;
  record.changed = row.number_at(5);
  record.change_number = row.u64_at(6);
  return record;
}

Result<std::optional<Record>> find_record(Connection& database, const UserId& user, const RecordId& id) {
  TRY_ASSIGN(auto row, database.prepare("SELECT " CARDEA_RECORD_COLUMNS
                                        ", envelope FROM records WHERE user_id=?1 AND record_id=?2"));
  TRY_ASSIGN(const bool found, row.blob(user.view()).blob(id.view()).step());
  if (!found) return std::optional<Record>{};
  Record record = read_record(row);
  record.envelope = row.blob_at(7);
  return std::optional<Record>(std::move(record));
}

namespace {

Result<std::uint64_t> next_change(Connection& database, const UserId& user) {
  {
    TRY_ASSIGN(auto update, database.prepare("UPDATE users SET changes=changes+1 WHERE user_id=?1"));
    TRY(update.blob(user.view()).run());
  }
  TRY_ASSIGN(auto row, database.prepare("SELECT changes, " HOME_STATE " FROM users WHERE user_id=?1"));
  TRY_ASSIGN(const bool found, row.blob(user.view()).step());
  if (!found) return fail(Error::not_found, "no such user");
  TRY(check_home(row, 1, user));
  return row.u64_at(0);
}

}  // namespace

Status write_record(Connection& database, const UserId& user, Record& record, UnixSeconds now) {
  TRY_ASSIGN(record.change_number, next_change(database, user));
  record.changed = now;
  record.size = record.envelope.size();
  TRY_ASSIGN(
      auto insert,
      database.prepare("INSERT INTO records(user_id, record_id, version, epoch, envelope, deleted, changed, "
                       "change_number) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
                       "ON CONFLICT(user_id, record_id) DO UPDATE SET version=excluded.version, "
                       "epoch=excluded.epoch, envelope=excluded.envelope, deleted=excluded.deleted, "
                       "changed=excluded.changed, change_number=excluded.change_number"));
  insert.blob(user.view()).blob(record.id.view()).number(record.version).number(record.epoch);
  insert.blob(record.envelope).number(std::int64_t{record.deleted ? 1 : 0}).number(now);
  return insert.number(record.change_number).run();
}

Status check_room(Connection& database, const UserId& user, std::uint64_t max_records) {
  TRY_ASSIGN(auto row, database.prepare("SELECT count(*) FROM records WHERE user_id=?1 AND deleted=0"));
  TRY_ASSIGN(const bool found, row.blob(user.view()).step());
  if (!found || row.u64_at(0) >= max_records) return fail(Error::limit_exceeded, "too many records");
  return {};
}

namespace {

// The live record at the expected version.
Result<Record> expect_record(Connection& database, const UserId& user, const RecordId& id,
                             std::uint64_t version) {
  TRY_ASSIGN(auto record, find_record(database, user, id));
  if (!record || record->deleted) return fail(Error::not_found, "no such record");
  if (record->version != version) return fail(Error::precondition_failed, "the record has changed");
  return std::move(*record);
}

// The oldest in the trash beyond what it holds are tombstones without content from now on.
Status empty_trash(Connection& database, const UserId& user, std::uint64_t max_trash) {
  TRY_ASSIGN(
      auto update,
      database.prepare("UPDATE records SET envelope=?2 WHERE user_id=?1 AND deleted=1 AND change_number<="
                       "(SELECT change_number FROM records WHERE user_id=?1 AND deleted=1 "
                       "AND length(envelope)>0 ORDER BY change_number DESC LIMIT 1 OFFSET ?3)"));
  return update.blob(user.view()).blob(Bytes{}).number(max_trash).run();
}

Result<Record> put(Connection& database, const PutRecord& command, UnixSeconds now) {
  TRY_ASSIGN(const std::uint32_t epoch, user_epoch(database, command.user));
  if (epoch != command.epoch) return fail(Error::server_conflict, "the user's epoch is another one");
  Record record;
  if (command.expected_version) {
    TRY_ASSIGN(record, expect_record(database, command.user, command.record, *command.expected_version));
  } else {
    TRY_ASSIGN(const auto existing, find_record(database, command.user, command.record));
    if (existing && !existing->deleted) return fail(Error::precondition_failed, "the record exists");
    // A tombstone keeps counting, so that no version number is used twice.
    if (existing) record.version = existing->version;
    TRY(check_room(database, command.user, command.max_records));
  }
  record.id = command.record;
  ++record.version;
  record.epoch = command.epoch;
  record.envelope = command.envelope;
  record.deleted = false;
  TRY(write_record(database, command.user, record, now));
  return record;
}

}  // namespace

Result<std::vector<Record>> SqlStore::records(const UserId& user, std::uint64_t since, std::size_t limit) {
  return read([&](Connection& database) -> Result<std::vector<Record>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT " CARDEA_RECORD_COLUMNS
                                          " FROM records WHERE user_id=?1 AND change_number>?2 "
                                          "ORDER BY change_number LIMIT ?3"));
    row.blob(user.view()).number(since).number(std::uint64_t{limit});
    std::vector<Record> records;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return records;
      Record& record = records.emplace_back(read_record(row));
      if (record.deleted) record.size = 0;  // for whoever synchronises it is gone
    }
  });
}

Result<Record> SqlStore::get_record(const UserId& user, const RecordId& id) {
  return read([&](Connection& database) -> Result<Record> {
    TRY_ASSIGN(auto record, find_record(database, user, id));
    if (!record || record->deleted) return fail(Error::not_found, "no such record");
    return std::move(*record);
  });
}

Result<Record> SqlStore::put_record(const PutRecord& command, UnixSeconds now) {
  return write([&](Connection& database) { return put(database, command, now); });
}

Result<Outcome<Record>> SqlStore::rewrap_record(const Change<Record>& change, const RewrapRecord& command) {
  return apply(change, [&](Connection& database) -> Result<Record> {
    TRY_ASSIGN(const std::uint32_t epoch, user_epoch(database, command.user));
    if (epoch != command.epoch) return fail(Error::server_conflict, "the user's epoch is another one");
    TRY_ASSIGN(Record record,
               expect_record(database, command.user, command.record, command.expected_version));
    TRY_ASSIGN(record.envelope, command.splice(record.envelope));
    record.epoch = command.epoch;
    // The body is the same: the version that the body's seal names stays, the change number tells the
    // clients.
    TRY(write_record(database, command.user, record, change.now));
    return record;
  });
}

Status SqlStore::delete_record(const DeleteRecord& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(Record record,
               expect_record(database, command.user, command.record, command.expected_version));
    ++record.version;
    record.deleted = true;
    TRY(write_record(database, command.user, record, now));
    return empty_trash(database, command.user, command.max_trash);
  });
}

}  // namespace cardea::server::sql
