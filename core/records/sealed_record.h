// SPDX-License-Identifier: Apache-2.0
// One record as server, cache and card keep it (docs/spec/records.md, "Sealed record"). Called by the card
// worker, which has the root key; what is in the body is not looked at here.
#pragma once

#include "core/crypto/envelope.h"
#include "core/crypto/hash.h"
#include "core/records/root_key.h"

namespace cardea::records {

inline constexpr std::size_t kMaxRecordBody = 24 * 1024;
inline constexpr std::size_t kPaddingStep = 256;  // hides the length of passwords
inline constexpr std::size_t kWrappedKeySize = 32 + crypto::kEnvelopeOverhead;
inline constexpr std::size_t kMinSealedRecord =
    2 + kWrappedKeySize + crypto::kEnvelopeOverhead + kPaddingStep;
inline constexpr std::size_t kMaxSealedRecord = kMinSealedRecord + kMaxRecordBody;

struct RecordName {
  RecordId id{};
  std::uint32_t version = 0;  // from 1
  friend bool operator==(const RecordName&, const RecordName&) = default;
};

// The name is what whoever keeps the envelope says; that the envelope opens proves it.
struct SealedRecord {
  RecordName name;
  std::uint32_t epoch = 0;  // of the root key that wraps the record key
  Bytes envelope;
  friend bool operator==(const SealedRecord&, const SealedRecord&) = default;
};

// Error::corrupted unless sizes, version and epoch are possible; says nothing about who sealed it.
Status check_sealed_record(const SealedRecord& record);
// The wrapped key for POST /v1/records/{id}/rewrap. Error::corrupted.
Result<Bytes> wrapped_key_of(const SealedRecord& record);

// SHA-256 of the body's envelope, which re-wrapping leaves as it is: tells apart two writings of one version.
// Error::corrupted.
Result<crypto::Sha256Digest> body_digest(const SealedRecord& record);

// Error::record_too_large over kMaxRecordBody; Error::invalid_argument for version 0.
Result<SealedRecord> seal_record(const UserKey& key, const UserId& user, const RecordName& name,
                                 ByteView body, Random& random);
// Error::decrypt_failed unless it is this user's record of this name and `key` is of its epoch: a server
// can't answer with another record or version than the one in `record.name`.
Result<SecretBytes> open_record(const UserKey& key, const UserId& user, const SealedRecord& record);
// The same record with its key under `newer`; the body's bytes stay.
Result<SealedRecord> rewrap_record(const UserKey& older, const UserKey& newer, const UserId& user,
                                   const SealedRecord& record, Random& random);

}  // namespace cardea::records
