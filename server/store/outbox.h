// SPDX-License-Identifier: Apache-2.0
// Messages that wait for the organisation's own channels (docs/spec/notify.md): written with the event that
// they tell of, taken by server/service/notifier.
#pragma once

#include <string>
#include <string_view>

#include "server/store/types.h"

namespace cardea::server {

// Whether an event of this kind is told.
[[nodiscard]] bool is_told_outside(std::string_view kind) noexcept;

struct OutboxMessage {
  UserId user;
  std::uint64_t sequence = 0;  // of the event, in the user's chain
  std::string account;
  UnixSeconds time = 0;
  std::string kind;
  std::string details;      // canonical JSON, as in the chain
  std::uint32_t tries = 0;  // with the one it was taken for
};

struct TakeMessage {
  UnixSeconds now = 0;
  UnixSeconds until = 0;  // nobody else gets it before; later it is due again, unless it was settled
};

// Of the whole store.
struct OutboxState {
  std::uint64_t waiting = 0;
  UnixSeconds oldest = 0;  // time of the oldest event; 0: none waits
};

}  // namespace cardea::server
