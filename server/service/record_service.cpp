// SPDX-License-Identifier: Apache-2.0
#include "server/service/record_service.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::server {
namespace {

bool is_wrapped_key(ByteView wrapped_key) {
  return !wrapped_key.empty() && wrapped_key.size() <= kMaxWrappedKey;
}

}  // namespace

Status check_record_envelope(ByteView envelope) {
  if (envelope.size() > kMaxRecordEnvelope)
    return fail(Error::record_too_large, "a record has at most 32 KiB");
  ByteReader reader(envelope);
  if (!is_wrapped_key(reader.lp()) || reader.rest().empty()) {
    return fail(Error::invalid_argument, "an envelope is a wrapped key and a body");
  }
  return {};
}

Result<Bytes> splice_wrapped_key(ByteView envelope, ByteView wrapped_key) {
  if (!is_wrapped_key(wrapped_key)) return fail(Error::invalid_argument, "wrapped key of wrong size");
  ByteReader reader(envelope);
  (void)reader.lp();
  if (!reader.good()) return fail(Error::corrupted, "a stored envelope has no wrapped key");
  Bytes out = ByteBuilder().lp(wrapped_key).raw(reader.rest()).take();
  if (out.size() > kMaxRecordEnvelope) return fail(Error::record_too_large, "a record has at most 32 KiB");
  return out;
}

Result<Record> RecordService::put(const Caller& caller, PutRecord command, UnixSeconds now) {
  if (!caller.session) return Error::permission_denied;
  TRY(check_record_envelope(command.envelope));
  command.user = caller.session->user;
  command.max_records = kMaxRecords;
  return store_.put_record(command, now);
}

Result<Outcome<Record>> RecordService::rewrap(const Caller& caller, RewrapRecord command, Bytes wrapped_key,
                                              const Change<Record>& change) {
  if (!caller.session) return Error::permission_denied;
  command.user = caller.session->user;
  command.splice = [&wrapped_key](ByteView stored) { return splice_wrapped_key(stored, wrapped_key); };
  return store_.rewrap_record(change, command);
}

Status RecordService::remove(const Caller& caller, DeleteRecord command, UnixSeconds now) {
  if (!caller.session) return Error::permission_denied;
  command.user = caller.session->user;
  command.max_trash = kMaxTrash;
  return store_.delete_record(command, now);
}

Result<Outcome<Record>> RecordService::restore(const Caller& caller, RestoreRecord command,
                                               const Change<Record>& change) {
  if (!caller.session) return Error::permission_denied;
  command.user = caller.session->user;
  command.max_records = kMaxRecords;
  return store_.restore_record(change, command);
}

}  // namespace cardea::server
