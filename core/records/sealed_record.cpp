// SPDX-License-Identifier: Apache-2.0
#include "core/records/sealed_record.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::records {
namespace {

constexpr std::uint8_t kFormatVersion = 1;
constexpr auto kSuite = static_cast<std::uint8_t>(crypto::Suite::aead);
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

Bytes assemble(const RecordName& name, std::uint32_t epoch, ByteView wrapped_key, ByteView body) {
  return ByteBuilder()
      .u8(kFormatVersion)
      .u8(kSuite)
      .raw(name.id)
      .u32(name.version)
      .u32(epoch)
      .raw(wrapped_key)
      .raw(body)
      .take();
}

Result<SecretBytes> open_record_key(const UserKey& key, const UserId& user, const SealedRecordView& record) {
  if (key.epoch() != record.epoch) return fail(Error::decrypt_failed, "the record is of another epoch");
  return crypto::open(key.secret().expose(), kWrapLabel, wrap_context(user, record.name, record.epoch),
                      record.wrapped_key);
}

}  // namespace

Result<SealedRecordView> parse_sealed_record(ByteView sealed) {
  if (sealed.size() > kMaxSealedRecord) return fail(Error::corrupted, "sealed record is too long");
  ByteReader reader(sealed);
  const std::uint8_t format = reader.u8();
  const std::uint8_t suite = reader.u8();
  if (reader.good() && (format != kFormatVersion || suite != kSuite)) return Error::unknown_format;
  SealedRecordView record;
  const ByteView id = reader.bytes(record.name.id.size());
  std::ranges::copy(id, record.name.id.begin());
  record.name.version = reader.u32();
  record.epoch = reader.u32();
  record.wrapped_key = reader.bytes(kWrappedKeySize);
  record.body = reader.rest();
  const std::size_t padded =
      record.body.size() - crypto::kEnvelopeOverhead;  // checked below against wrapping
  if (!reader.good() || record.body.size() <= crypto::kEnvelopeOverhead || padded % kPaddingStep != 0 ||
      record.name.version == 0 || record.epoch == 0) {
    return fail(Error::corrupted, "structure of a sealed record");
  }
  return record;
}

Result<Bytes> seal_record(const UserKey& key, const UserId& user, const RecordName& name, ByteView body,
                          Random& random) {
  if (body.size() > kMaxRecordBody) return Error::record_too_large;
  if (name.version == 0) return Error::invalid_argument;
  const SecretKey32 record_key = random.secret<32>();
  TRY_ASSIGN(const Bytes wrapped,
             crypto::seal(key.secret().expose(), kWrapLabel, wrap_context(user, name, key.epoch()),
                          record_key.expose(), random));
  const SecretBytes padded = pad(body);
  TRY_ASSIGN(const Bytes envelope, crypto::seal(record_key.expose(), kBodyLabel, body_context(user, name),
                                                padded.expose(), random));
  return assemble(name, key.epoch(), wrapped, envelope);
}

Result<SecretBytes> open_record(const UserKey& key, const UserId& user, const RecordName& expected,
                                ByteView sealed) {
  TRY_ASSIGN(const SealedRecordView record, parse_sealed_record(sealed));
  if (record.name != expected) return fail(Error::decrypt_failed, "another record or version than expected");
  TRY_ASSIGN(const SecretBytes record_key, open_record_key(key, user, record));
  TRY_ASSIGN(const SecretBytes padded,
             crypto::open(record_key.expose(), kBodyLabel, body_context(user, record.name), record.body));
  return unpad(padded);
}

Result<Bytes> rewrap_record(const UserKey& older, const UserKey& newer, const UserId& user, ByteView sealed,
                            Random& random) {
  TRY_ASSIGN(const SealedRecordView record, parse_sealed_record(sealed));
  TRY_ASSIGN(const SecretBytes record_key, open_record_key(older, user, record));
  TRY_ASSIGN(const Bytes wrapped,
             crypto::seal(newer.secret().expose(), kWrapLabel, wrap_context(user, record.name, newer.epoch()),
                          record_key.expose(), random));
  return assemble(record.name, newer.epoch(), wrapped, record.body);
}

}  // namespace cardea::records
