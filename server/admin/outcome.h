// SPDX-License-Identifier: Apache-2.0
// What is printed and the exit code at the end (design page 4.3, as `cardea` itself): 0 done, 1 refused,
// failed, or something bad was found, 2 usage, 3 the database can't be reached, 5 a passphrase or signature
// that does not fit.
#pragma once

#include "server/admin/verbs.h"

namespace cardea::server::admin {

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kUsage = 2;

int exit_code(Error error) noexcept;
// “<what happened>. <what to do>.”
std::string failure_text(const Failure& failure);
// Prints; returns the exit code.
int finish(const Result<Answer>& answer, bool json);

// A line of a verb's own output, before its answer.
Status print_line(const std::string& line);
// Rows of columns for a terminal, the last one as long as it is.
std::string in_columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace cardea::server::admin
