// SPDX-License-Identifier: Apache-2.0
// Which request is permitted when (docs/spec/worker-protocol.md, Verbs): looked up before a payload is
// parsed.
#pragma once

#include "recoveryd/card_worker/step.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {

enum class VaultRule : std::uint8_t { any, closed, open };

struct VerbRow {
  Verb verb{};
  VaultRule vault{};
  bool takes_fd = false;
  Step step = nullptr;
};

// nullptr when there is no such verb, or the state or the descriptor is not as the table says.
const VerbRow* permitted(Verb verb, bool vault_open, bool has_fd) noexcept;

}  // namespace cardea::worker
