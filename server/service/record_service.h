// SPDX-License-Identifier: Apache-2.0
// Sealed records: limits, epochs, the trash and the exchange of a record's key wrap. Called by
// http/handlers_records.
#pragma once

#include "server/service/caller.h"

namespace cardea::server {

inline constexpr std::size_t kMaxRecordEnvelope = 32 * 1024;
inline constexpr std::uint64_t kMaxRecords = 4096;  // per user
inline constexpr std::uint64_t kMaxTrash = 512;     // deleted ones whose content is kept
inline constexpr std::int64_t kTrashDays = 30;      // as long as a tombstone (store_upkeep.cpp)
inline constexpr std::size_t kMaxWrappedKey = 512;

// A record's envelope is lp(wrapped key) || body (docs/spec/server-protocol.md, "Records"): all that the
// server knows of its inside. record_too_large, or invalid_argument.
Status check_record_envelope(ByteView envelope);
// The same body under another key wrap.
Result<Bytes> splice_wrapped_key(ByteView envelope, ByteView wrapped_key);

class RecordService {
 public:
  explicit RecordService(Store& store) : store_(store) {}
  Result<Record> put(const Caller& caller, PutRecord command, UnixSeconds now);
  Result<Outcome<Record>> rewrap(const Caller& caller, RewrapRecord command, Bytes wrapped_key,
                                 const Change<Record>& change);
  Status remove(const Caller& caller, DeleteRecord command, UnixSeconds now);
  Result<Outcome<Record>> restore(const Caller& caller, RestoreRecord command, const Change<Record>& change);

 private:
  Store& store_;
};

}  // namespace cardea::server
