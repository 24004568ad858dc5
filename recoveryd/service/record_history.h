// SPDX-License-Identifier: Apache-2.0
// What this computer knows of its user's records, against a server that shows an older state of them
// (docs/spec/records.md, “What a computer remembers”). One for each operation; used by record_service and
// record_sync.
#pragma once

#include <string>
#include <vector>

#include "recoveryd/context.h"
#include "recoveryd/log_events.h"
#include "recoveryd/state/record_marks.h"

namespace cardea::recoveryd {

class RecordHistory {
 public:
  // Reads what the computer has kept of this user's records. A file that can't be read counts as empty and is
  // logged.
  RecordHistory(const Context& context, const login::EnrolmentRecord& owner);

  // Whether a newer version was seen here, or another body of this one.
  [[nodiscard]] bool knows_newer(const records::SealedRecord& record) const;
  // Error::replayed, and a line in the log, when that is so of what a server shows.
  [[nodiscard]] Status check(const records::SealedRecord& shown) const;
  // The same of the tombstone of a removed record: it has a version of its own, after the record's.
  [[nodiscard]] Status check_tombstone(const records::RecordName& shown) const;
  // The record was opened with the owner's root key, or made here: its version is what counts from now on,
  // also when it is older than what was seen.
  void saw(const records::SealedRecord& record);
  // Writes down what was seen. Nobody is refused because it can't be written: it is logged.
  void keep();

 private:
  [[nodiscard]] Status older(const records::RecordId& shown) const;

  const Context& context_;
  std::string user_;
  records::UserId id_;
  RecordMarks known_;
  std::vector<RecordMark> seen_;
};

}  // namespace cardea::recoveryd
