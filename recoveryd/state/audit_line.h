// SPDX-License-Identifier: Apache-2.0
// One line of the local audit file: one event and the hash that chains it (docs/spec/audit.md, "On a
// computer"). Text only; audit_chain does the files.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/log.h"

namespace cardea::recoveryd {

// How far a chain has come.
struct AuditPosition {
  std::uint64_t length = 0;
  std::array<std::uint8_t, 32> head{};
};

// The longest value of a field; what a client says about itself is cut to it.
inline constexpr std::size_t kMaxAuditValue = 256;

// The next event as one line with its line end; `at` moves on to it.
std::string next_audit_line(AuditPosition& at, UnixSeconds now, std::string_view kind,
                            std::initializer_list<LogField> fields);
// The same for the event that begins a new file and names the head of the one before.
std::string continuing_audit_line(AuditPosition& at, UnixSeconds now);

// Checks a line (without its end) against the chain and moves on. False, and `at` as before, when it does not
// fit.
bool follow_audit_line(std::string_view line, AuditPosition& at);
// Where a file begins whose first line is this one: at nothing, unless it continues another file.
AuditPosition start_of_audit(std::string_view first_line);
// Where a file ends whose last line is this one, without a look at what is before.
std::optional<AuditPosition> end_of_audit(std::string_view last_line);

}  // namespace cardea::recoveryd
