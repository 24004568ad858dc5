// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/throttle_store.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {
namespace {

Result<login::ThrottleState> read_tries(const std::string& path) {
  auto body = read_state(path, StateKind::tries);
  if (!body.ok() && body.error() == Error::not_found) return login::ThrottleState{};
  if (!body.ok()) return body.failure();
  ByteReader in(body->expose());
  login::ThrottleState state;
  state.failures = in.u32();
  state.last_try_at = static_cast<UnixSeconds>(in.u64());
  if (!in.complete()) return fail(Error::corrupted, path + ": wrong length");
  return state;
}

Status write_tries(const std::string& path, const login::ThrottleState& state) {
  ByteBuilder out;
  out.u32(state.failures).u64(static_cast<std::uint64_t>(state.last_try_at));
  return write_state(path, StateKind::tries, out.view());
}

}  // namespace

Result<TryAllowed> ThrottleStore::begin_try(std::string_view user, UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  const std::string path = directory_.user_file(user, "tries");
  TRY_ASSIGN(login::ThrottleState state, read_tries(path));
  if (const std::int64_t wait = login::wait_before_try(state, now); wait > 0) {
    // The last try was made under a clock that ran ahead: the wait begins now, or it would last until then.
    if (now < state.last_try_at) {
      state.last_try_at = now;
      TRY(write_tries(path, state));
    }
    return TryAllowed{false, wait};
  }
  TRY(write_tries(path, login::begin_try(state, now)));
  return TryAllowed{true, 0};
}

Status ThrottleStore::succeeded(std::string_view user) {
  const std::lock_guard lock(mutex_);
  return write_tries(directory_.user_file(user, "tries"), {});
}

Result<login::ThrottleState> ThrottleStore::state(std::string_view user) const {
  const std::lock_guard lock(mutex_);
  return read_tries(directory_.user_file(user, "tries"));
}

}  // namespace cardea::recoveryd
