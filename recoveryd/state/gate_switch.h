// SPDX-License-Identifier: Apache-2.0
// Whether this computer is in secure mode. A switch-on may be on probation: it falls back by itself when
// nobody confirms it in time, also after a restart, and also when the clock is turned back meanwhile.
#pragma once

#include <mutex>

#include "core/base/clock.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

struct GateState {
  bool card_required = false;
  UnixSeconds confirm_until = 0;  // 0: confirmed
  UnixSeconds since = 0;          // when it was switched on; 0: not known
};

class GateSwitch {
 public:
  explicit GateSwitch(const StateDirectory& directory) : directory_(directory) {}
  // The state now; an unconfirmed switch-on whose time is over reads as off (and is written so, where that is
  // possible). A damaged file is an error: it must not open the gate.
  Result<GateState> read(UnixSeconds now);
  Status write(const GateState& state);

 private:
  Status write_locked(const GateState& state);
  const StateDirectory& directory_;
  std::mutex mutex_;
};

}  // namespace cardea::recoveryd
