// SPDX-License-Identifier: Apache-2.0
// Counters of guesses, and tokens that can be used once. For store_sessions.cpp, store_sheets.cpp and
// store_drafts.cpp.
#pragma once

#include "server/store/sql/rows.h"

namespace cardea::server::sql {

Result<GuessCount> read_count(Connection& database, std::string_view subject);
Status add_guess(Connection& database, std::string_view subject, UnixSeconds now);
// Nothing for an empty subject.
Status clear_guesses(Connection& database, std::string_view subject);
// replayed when it was used before.
Status use_token(Connection& database, const Digest& token, UnixSeconds expires_at);

}  // namespace cardea::server::sql
