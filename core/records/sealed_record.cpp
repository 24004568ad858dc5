// SPDX-License-Identifier: Apache-2.0
#include "core/records/sealed_record.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::records {
namespace {

constexpr crypto::Label kWrapLabel = "cardea/v1/records";
constexpr crypto::Label kBodyLabel = "cardea/v1/record-body";
constexpr std::size_t kLengthSize = 4;

Bytes wrap_context(const UserId& user, const RecordName& name, std::uint32_t epoch) {
  return object_context(user, "record-key", name.id, name.version, epoch);
}

// Epoch 0: the body outlives re-wrapping.
Bytes body_context(const UserId& user, const RecordName& name) {
  return object_context(user, "record", name.id, name.version, 0);
}

SecretBytes pad(ByteView body) {
  const std::size_t size = (kLengthSize + body.size() + kPaddingStep - 1) / kPaddingStep * kPaddingStep;
  SecretBytes padded(size);
  ByteWriter writer(padded.expose_mutable());
  writer.u32(static_cast<std::uint32_t>(body.size()));
  writer.bytes(body);
  return padded;
}

// Only the padding that pad() makes: one text for one body.
Result<SecretBytes> unpad(const SecretBytes& padded) {
  ByteReader reader(padded.expose());
  const ByteView body = reader.lp32();
  const ByteView zeros = reader.rest();
  if (!reader.good() || zeros.size() >= kPaddingStep || body.size() > kMaxRecordBody ||
      std::ranges::any_of(zeros, [](std::uint8_t byte) { return byte != 0; })) {
    return fail(Error::corrupted, "padding of a record");
  }
  return SecretBytes(body);
}

struct Parts {
  ByteView wrapped_key;
  ByteView body;
};

Result<Parts> split(const SealedRecord& record) {
  const std::size_t size = record.envelope.size();
  ByteReader reader(record.envelope);
  const Parts parts{reader.lp(), reader.rest()};
  if (record.name.version == 0 || record.epoch == 0 || size < kMinSealedRecord || size > kMaxSealedRecord ||
      (size - kMinSealedRecord) % kPaddingStep != 0 || parts.wrapped_key.size() != kWrappedKeySize) {
    return fail(Error::corrupted, "structure of a sealed record");
  }
  return parts;
}

Result<SecretBytes> open_record_key(const UserKey& key, const UserId& user, const SealedRecord& record,
                                    const Parts& parts) {
  if (key.epoch() != record.epoch) return fail(Error::decrypt_failed, "the record is of another epoch");
  return crypto::open(records_key(key, user).expose(), kWrapLabel,
                      wrap_context(user, record.name, record.epoch), parts.wrapped_key);
}

Result<Bytes> wrap_record_key(const UserKey& key, const UserId& user, const RecordName& name,
                              ByteView record_key, Random& random) {
  return crypto::seal(records_key(key, user).expose(), kWrapLabel, wrap_context(user, name, key.epoch()),
                      record_key, random);
}

Bytes join(ByteView wrapped_key, ByteView body) { return ByteBuilder().lp(wrapped_key).raw(body).take(); }

}  // namespace

Status check_sealed_record(const SealedRecord& record) {
  TRY(split(record));
  return {};
}

Result<Bytes> wrapped_key_of(const SealedRecord& record) {
  TRY_ASSIGN(const Parts parts, split(record));
  return to_bytes(parts.wrapped_key);
}

Result<crypto::Sha256Digest> body_digest(const SealedRecord& record) {
  TRY_ASSIGN(const Parts parts, split(record));
  return crypto::sha256({parts.body});
}

Result<SealedRecord> seal_record(const UserKey& key, const UserId& user, const RecordName& name,
                                 ByteView body, Random& random) {
  if (body.size() > kMaxRecordBody) return Error::record_too_large;
  if (name.version == 0) return Error::invalid_argument;
  const SecretKey32 record_key = random.secret<32>();
  TRY_ASSIGN(const Bytes wrapped, wrap_record_key(key, user, name, record_key.expose(), random));
  const SecretBytes padded = pad(body);
  TRY_ASSIGN(const Bytes sealed_body, crypto::seal(record_key.expose(), kBodyLabel, body_context(user, name),
                                                   padded.expose(), random));
  return SealedRecord{name, key.epoch(), join(wrapped, sealed_body)};
}

Result<SecretBytes> open_record(const UserKey& key, const UserId& user, const SealedRecord& record) {
  TRY_ASSIGN(const Parts parts, split(record));
  TRY_ASSIGN(const SecretBytes record_key, open_record_key(key, user, record, parts));
  TRY_ASSIGN(const SecretBytes padded,
             crypto::open(record_key.expose(), kBodyLabel, body_context(user, record.name), parts.body));
  return unpad(padded);
}

Result<SealedRecord> rewrap_record(const UserKey& older, const UserKey& newer, const UserId& user,
                                   const SealedRecord& record, Random& random) {
  TRY_ASSIGN(const Parts parts, split(record));
  TRY_ASSIGN(const SecretBytes record_key, open_record_key(older, user, record, parts));
  TRY_ASSIGN(const Bytes wrapped, wrap_record_key(newer, user, record.name, record_key.expose(), random));
  return SealedRecord{record.name, newer.epoch(), join(wrapped, parts.body)};
}

}  // namespace cardea::records
