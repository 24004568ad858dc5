// SPDX-License-Identifier: Apache-2.0
#include "server/store/outbox.h"

#include <algorithm>
#include <array>

namespace cardea::server {

bool is_told_outside(std::string_view kind) noexcept {
  static constexpr std::array<std::string_view, 18> kKinds = {"registered",
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
                                                              "moved-out",
                                                              "move-failed"};
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

}  // namespace cardea::server
