// SPDX-License-Identifier: Apache-2.0
// What happened at this computer, as a chain of hashes that can't be shortened or changed unnoticed
// (docs/spec/enrolment-store.md, "Local audit"). Never holds a secret.
#pragma once

#include <array>
#include <initializer_list>
#include <mutex>
#include <string>

#include "core/base/clock.h"
#include "core/base/linux/unique_fd.h"
#include "core/base/log.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

class AuditChain {
 public:
  // Reads and verifies what is there. A torn last line is moved aside; any other damage is Error::corrupted.
  // On a disk that can't be written append() fails until the next start.
  static Result<AuditChain> open(const StateDirectory& directory);
  AuditChain(AuditChain&& other) noexcept;

  // Appends one event; durable when it returns.
  Status append(UnixSeconds now, std::string_view kind, std::initializer_list<LogField> fields);
  [[nodiscard]] std::uint64_t length() const;
  [[nodiscard]] std::array<std::uint8_t, 32> head() const;

 private:
  AuditChain() = default;
  mutable std::mutex mutex_;
  UniqueFd file_;
  std::uint64_t length_ = 0;
  std::array<std::uint8_t, 32> head_{};
};

}  // namespace cardea::recoveryd
