// SPDX-License-Identifier: Apache-2.0
#include "server/store/outbox.h"

#include <algorithm>

namespace cardea::server {

bool is_told_outside(std::string_view kind) noexcept {
  static constexpr std::string_view kKinds[] = {
      "registered",
      "computer-added",
      "computer-retired",
      "browser-allowed",
      "guest-admitted",
      "access-key-issued",
      "officer-issued",
      "card-state",
      "card-replaced",
      "sheet-used",
      "officer-asked",
      "officer-opened-account",
      "officer-suspended-card",
      "account-closed",
      "account-opened",
      "history-read",
      "moved-in",
  };
  return std::ranges::find(kKinds, kind) != std::end(kKinds);
}

}  // namespace cardea::server
