// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/gate_switch.h"

#include <utility>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {

Result<GateState> GateSwitch::read(UnixSeconds now) {
  bool tell = false;
  auto state = [&] {
    const std::lock_guard lock(mutex_);
    return read_locked(now, tell);
  }();
  if (tell && fell_back_) fell_back_();
  return state;
}

Result<GateState> GateSwitch::read_locked(UnixSeconds now, bool& tell) {
  const std::string path = directory_.file("gate");
  auto body = read_state(path, StateKind::gate);
  if (!body.ok() && body.error() == Error::not_found) return GateState{};
  if (!body.ok()) return body.failure();
  ByteReader in(body->expose());
  const std::uint8_t mode = in.u8();
  GateState state{mode == 1, static_cast<UnixSeconds>(in.u64())};
  if (!in.rest().empty()) state.since = static_cast<UnixSeconds>(in.u64());  // older files end here
  if (!in.complete() || mode > 1) return fail(Error::corrupted, path + ": unknown mode");
  // A clock that is before the switching-on (a flat battery at the boot) can't tell how long ago that was,
  // and a probation must not last until the clock has caught up.
  const bool over = now >= state.confirm_until || now < state.since;
  if (state.card_required && state.confirm_until != 0 && over) {
    state = {false, 0, now};
    // Written so that a clock that is turned back does not close it again. Where that fails (disk full), it
    // is off all the same: a gate that nobody has confirmed must not lock everybody out.
    (void)write_locked(state);
    tell = !std::exchange(told_, true);
  }
  return state;
}

Status GateSwitch::write(const GateState& state) {
  const std::lock_guard lock(mutex_);
  told_ = false;
  return write_locked(state);
}

Status GateSwitch::write_locked(const GateState& state) {
  ByteBuilder out;
  out.u8(state.card_required ? 1 : 0).u64(static_cast<std::uint64_t>(state.confirm_until));
  out.u64(static_cast<std::uint64_t>(state.since));
  return write_state(directory_.file("gate"), StateKind::gate, out.view());
}

}  // namespace cardea::recoveryd
