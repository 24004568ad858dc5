// SPDX-License-Identifier: Apache-2.0
// Whether this computer is in secure mode. A switch-on may be on probation: it falls back by itself when
// nobody confirms it in time, also after a restart, and also when the clock is turned back meanwhile.
#pragma once

#include <functional>
#include <mutex>

#include "core/base/clock.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

struct GateState {
  bool card_required = false;
  UnixSeconds confirm_until = 0;  // 0: confirmed
  UnixSeconds since = 0;          // when it was switched on; 0: not known
  // Off because nobody had confirmed; then `since` is when that was noticed.
  [[nodiscard]] bool fell_back() const noexcept { return !card_required && since != 0; }
};

class GateSwitch {
 public:
  // `fell_back` is called when read() has found that nobody has confirmed: once for each switching-on.
  explicit GateSwitch(const StateDirectory& directory, std::function<void()> fell_back = {})
      : directory_(directory), fell_back_(std::move(fell_back)) {}
  // The state now; an unconfirmed switch-on whose time is over reads as off (and is written so, where that is
  // possible). A damaged file is an error: it must not open the gate.
  Result<GateState> read(UnixSeconds now);
  Status write(const GateState& state);

 private:
  Result<GateState> read_locked(UnixSeconds now, bool& tell);
  Status write_locked(const GateState& state);
  const StateDirectory& directory_;
  const std::function<void()> fell_back_;
  std::mutex mutex_;
  bool told_ = false;
};

}  // namespace cardea::recoveryd
