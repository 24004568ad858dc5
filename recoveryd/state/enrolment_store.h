// SPDX-License-Identifier: Apache-2.0
// The enrolment records of this computer, one file a user, durable when a call returns. The services read a
// fresh copy for every decision: what is on disk is the truth.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/login/enrolment_record.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

class EnrolmentStore {
 public:
  explicit EnrolmentStore(const StateDirectory& directory) : directory_(directory) {}

  // Error::not_enrolled is a positive fact: the directory could be read and has no record of this user.
  // Everything that can't be read is corrupted, unsafe_file, unknown_format or io_failed.
  Result<login::EnrolmentRecord> load(std::string_view user) const;
  // Adds a new user. Error::already_exists.
  Status add(const login::EnrolmentRecord& record);
  // Reads, changes and writes one record while no other thread does; `change` may refuse. Returns the record
  // as it now stands on disk.
  using Change = std::function<Status(login::EnrolmentRecord&)>;
  Result<login::EnrolmentRecord> update(std::string_view user, const Change& change);
  // With counters and keyring. The record goes last: what was interrupted can be done again.
  Status remove(std::string_view user);
  // The enrolled users, sorted.
  Result<std::vector<std::string>> users() const;

 private:
  Result<login::EnrolmentRecord> load_locked(std::string_view user) const;
  const StateDirectory& directory_;
  mutable std::mutex mutex_;
};

}  // namespace cardea::recoveryd
