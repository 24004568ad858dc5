// SPDX-License-Identifier: Apache-2.0
// A passphrase from the terminal, without echo, or for a script from the line `passphrase=` of its answers.
// Never an option: those are in process lists and shell histories.
#pragma once

#include "core/base/secret.h"
#include "server/admin/command_line.h"

namespace cardea::server::admin {

// As short a passphrase is refused when a new one is chosen.
inline constexpr std::size_t kMinPassphrase = 12;

// `fresh`: it is a new one, asked twice. cancelled without terminal, or at its end.
Result<SecretBytes> ask_passphrase(const Invocation& line, bool fresh);

}  // namespace cardea::server::admin
