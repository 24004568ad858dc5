// SPDX-License-Identifier: Apache-2.0
// Whether what a server shows of a user's events goes on from what this computer has seen
// (docs/spec/audit.md): a server that forgot events, was rolled back or shows another history is noticed.
// Called at every check-in.
#pragma once

#include <functional>

#include "core/login/enrolment_record.h"
#include "upstream/account_calls.h"

namespace cardea::recoveryd {

// Not more than this at one check-in; a longer way is gone on with at the next.
inline constexpr int kMaxAuditPages = 20;

struct AuditWatch {
  Status verdict;  // Error::server_untrusted, with the reason; everything else is as the record has it then
  std::uint64_t length = 0;
  std::array<std::uint8_t, 32> head{};
  Bytes checkpoint_key;
};

// The events after this sequence number.
using EventsAfter = std::function<Result<upstream::AuditPage>(std::uint64_t after)>;

// Is shown each event on the way, the oldest first, once it fits the chain. What it has seen is worth nothing
// when the verdict is a failure.
using AuditVisitor = std::function<void(const upstream::AuditEvent&)>;

// A record without a checkpoint key takes the first it is shown. Events that can't be fetched now are no
// reason for doubt: as far as they were seen the record goes on.
AuditWatch watch_audit(const login::EnrolmentRecord& record, const upstream::AuditState& shown,
                       const EventsAfter& events, const AuditVisitor& visit);

}  // namespace cardea::recoveryd
