// SPDX-License-Identifier: Apache-2.0
// Sealed records at the server. What is in them is for the card worker. Writes go by version (If-Match):
// after Error::server_unreachable it is not known whether one was carried out, and get_record() tells.
#pragma once

#include "core/records/sealed_record.h"
#include "upstream/answer_parts.h"

namespace cardea::upstream {

struct RecordEntry {
  api::RecordId id;
  std::uint32_t version = 0;
  std::uint32_t epoch = 0;
  std::uint64_t size = 0;
  bool deleted = false;
  std::int64_t changed = 0;
};

struct RecordPage {
  std::vector<RecordEntry> records;
  std::string cursor;  // where the next page, or the next visit, begins
  bool more = false;
};

// `cursor`: of an earlier page, or empty for all.
Result<RecordPage> list_records(ServerClient& client, const RequestKey& session, const std::string& cursor);
Result<records::SealedRecord> get_record(ServerClient& client, const RequestKey& session,
                                         const api::RecordId& id);
// `record.name.version` is the new version: 1 for a new record, else one more than what the server has.
// Error::precondition_failed when it has another one.
Status put_record(ServerClient& client, const RequestKey& session, const records::SealedRecord& record);
// Only the key wrap of `record` goes out.
Status rewrap_record(ServerClient& client, const RequestKey& session, const records::SealedRecord& record);
Status delete_record(ServerClient& client, const RequestKey& session, const records::RecordName& name);

}  // namespace cardea::upstream
