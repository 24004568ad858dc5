// SPDX-License-Identifier: Apache-2.0
// One question at the controlling terminal, as readpassphrase does it: input typed before the question is
// thrown away, echo is off while a secret is typed, and every signal that would end or stop the program meets
// a terminal that is in order again.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/client/secret_buffer.h"

namespace cardea::cli {

enum class TtyOutcome : std::uint8_t { answered, no_terminal, ended };

// `ended`: end of file at the terminal. A signal such as Ctrl-C ends the program as it always does.
TtyOutcome ask_at_terminal(std::string_view prompt, bool echo, client::SecretBuffer& answer) noexcept;

}  // namespace cardea::cli
