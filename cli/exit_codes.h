// SPDX-License-Identifier: Apache-2.0
// What the utility makes of an Error: its exit code, what it says when the daemon said nothing, and what to
// do next. One row for each error there is.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/text/catalogue.h"

namespace cardea::cli {

enum class ExitCode : int {
  done = 0,
  refused = 1,  // refused or failed
  usage = 2,
  unreachable = 3,  // the card service or the server
  card = 4,         // a card problem
  identity = 5,     // PIN, password, answer, key or code not accepted
  locked = 6,       // throttled or locked
};

ExitCode exit_code(Error error) noexcept;

// “<what happened>. <what to do>.” `said` is the daemon's own line and comes first; when it is empty the
// error's own text stands there. What to do is left out where the daemon's line names a command already.
// `said` is in the reader's language already.
std::string error_text(Error error, std::string_view said, text::Language language = text::kEnglish);

}  // namespace cardea::cli
