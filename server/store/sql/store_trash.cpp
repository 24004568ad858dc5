// SPDX-License-Identifier: Apache-2.0
// Deleted records, which keep their envelope until the tombstone goes; and how much room a user takes.
#include "server/store/sql/record_rows.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

Result<Record> expect_trashed(Connection& database, const UserId& user, const RecordId& id) {
  TRY_ASSIGN(auto record, find_record(database, user, id));
  if (!record || !record->deleted || record->envelope.empty())
    return fail(Error::not_found, "no such record in the trash");
  return std::move(*record);
}

}  // namespace

Result<std::vector<Record>> SqlStore::trash(const UserId& user) {
  return read([&](Connection& database) -> Result<std::vector<Record>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT " CARDEA_RECORD_COLUMNS
                                          " FROM records WHERE user_id=?1 AND deleted=1 "
                                          "AND length(envelope)>0 ORDER BY change_number DESC"));
    row.blob(user.view());
    std::vector<Record> records;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return records;
      records.push_back(read_record(row));
    }
  });
}

Result<Record> SqlStore::get_trashed(const UserId& user, const RecordId& id) {
  return read([&](Connection& database) { return expect_trashed(database, user, id); });
}

Result<Outcome<Record>> SqlStore::restore_record(const Change<Record>& change, const RestoreRecord& command) {
  return apply(change, [&](Connection& database) -> Result<Record> {
    TRY(user_epoch(database, command.user));  // who is on his way to another region is not changed
    TRY_ASSIGN(Record record, expect_trashed(database, command.user, command.record));
    if (record.version != command.expected_version)
      return fail(Error::precondition_failed, "the record has changed");
    TRY(check_room(database, command.user, command.max_records));
    record.deleted = false;
    --record.version;  // the one that the envelope is sealed for
    TRY(write_record(database, command.user, record, change.now));
    return record;
  });
}

Result<RecordUsage> SqlStore::record_usage(const UserId& user) {
  return read([&](Connection& database) -> Result<RecordUsage> {
    TRY_ASSIGN(auto row, database.prepare("SELECT deleted, count(*), sum(length(envelope)) FROM records "
                                          "WHERE user_id=?1 AND length(envelope)>0 GROUP BY deleted"));
    row.blob(user.view());
    RecordUsage usage;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return usage;
      (row.number_at(0) != 0 ? usage.trashed : usage.records) = row.u64_at(1);
      usage.bytes += row.u64_at(2);
    }
  });
}

}  // namespace cardea::server::sql
