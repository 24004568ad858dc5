// SPDX-License-Identifier: Apache-2.0
// One record as server, cache and card store it (docs/spec/records.md, "Sealed record"). Called by the card
// worker, which has the root key; what is in the body is not looked at here.
#pragma once

#include "core/crypto/envelope.h"
#include "core/records/root_key.h"

namespace cardea::records {

inline constexpr std::size_t kMaxRecordBody = 24 * 1024;
inline constexpr std::size_t kPaddingStep = 256;  // hides the length of passwords
inline constexpr std::size_t kWrappedKeySize = 32 + crypto::kEnvelopeOverhead;
inline constexpr std::size_t kRecordPrefix = 2 + 16 + 4 + 4 + kWrappedKeySize;
inline constexpr std::size_t kMaxSealedRecord =
    kRecordPrefix + crypto::kEnvelopeOverhead + kMaxRecordBody + kPaddingStep;

struct RecordName {
  RecordId id{};
  std::uint32_t version = 0;  // from 1
  friend bool operator==(const RecordName&, const RecordName&) = default;
};

// The parts of sealed bytes, which they point into.
struct SealedRecordView {
  RecordName name;
  std::uint32_t epoch = 0;
  ByteView wrapped_key;
  ByteView body;
};

// Error::unknown_format or Error::corrupted; that it parses says nothing about who sealed it.
Result<SealedRecordView> parse_sealed_record(ByteView sealed);

// Error::record_too_large over kMaxRecordBody; Error::invalid_argument for version 0.
Result<Bytes> seal_record(const UserKey& key, const UserId& user, const RecordName& name, ByteView body,
                          Random& random);
// Error::decrypt_failed unless `sealed` is this user's record of that name and `key` is of its epoch: a
// server can't answer with another record or an older version than the caller expects.
Result<SecretBytes> open_record(const UserKey& key, const UserId& user, const RecordName& expected,
                                ByteView sealed);
// The same record with its key under `newer`; the body's bytes stay.
Result<Bytes> rewrap_record(const UserKey& older, const UserKey& newer, const UserId& user, ByteView sealed,
                            Random& random);

}  // namespace cardea::records
