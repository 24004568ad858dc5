// SPDX-License-Identifier: Apache-2.0
// Which version of each record this computer has seen, one file a user (docs/spec/records.md, “What a
// computer remembers”): a server that shows an older one is noticed. No secrets. Used by record_history.
#pragma once

#include <vector>

#include "core/crypto/hash.h"
#include "core/records/sealed_record.h"
#include "recoveryd/state/user_file_store.h"

namespace cardea::recoveryd {

// Twice as many records as a server keeps for a user: removed ones stay a while.
inline constexpr std::size_t kMaxRecordMarks = 8192;

struct RecordMark {
  records::RecordName name;
  crypto::Sha256Digest body{};  // records::body_digest
  bool operator==(const RecordMark&) const = default;
};

struct RecordMarks {
  static constexpr StateKind kKind = StateKind::record_marks;
  static constexpr std::string_view kExtension = "record-marks";
  // Error::corrupted, unknown_format.
  static Result<RecordMarks> decode(ByteView body);

  [[nodiscard]] const RecordMark* find(const records::RecordId& id) const;
  // Takes the place of an earlier mark of this record. One more than kMaxRecordMarks is not taken: what was
  // seen first is what somebody would want forgotten.
  void set(const RecordMark& mark);

  records::UserId user{};
  std::vector<RecordMark> marks{};  // ascending by id, each id once
};

SecretBytes encode(const RecordMarks& marks);

class RecordMarkStore : public UserFileStore<RecordMarks> {
 public:
  using UserFileStore::UserFileStore;
};

}  // namespace cardea::recoveryd
