// SPDX-License-Identifier: Apache-2.0
// Rows of the table of records, for store_records.cpp and store_trash.cpp.
#pragma once

#include <optional>

#include "server/store/sql/rows.h"

namespace cardea::server::sql {

#define CARDEA_RECORD_COLUMNS "record_id, version, epoch, length(envelope), deleted, changed, change_number"

// A row of CARDEA_RECORD_COLUMNS: without its envelope.
Record read_record(const Statement& row);
// With its envelope, also a deleted one.
Result<std::optional<Record>> find_record(Connection& database, const UserId& user, const RecordId& id);
// limit_exceeded when no further record has room.
Status check_room(Connection& database, const UserId& user, std::uint64_t max_records);
// Writes a record as a whole, under the next change number, which it is given.
Status write_record(Connection& database, const UserId& user, Record& record, UnixSeconds now);

}  // namespace cardea::server::sql
