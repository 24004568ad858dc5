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

Result<RemoteTries> read_remote_tries(const std::string& path) {
  auto body = read_state(path, StateKind::remote_tries);
  if (!body.ok() && body.error() == Error::not_found) return RemoteTries{};
  if (!body.ok()) return body.failure();
  auto table = RemoteTries::decode(body->expose());
  if (!table.ok()) return fail(table.error(), path + ": " + table.failure().detail);
  return table;
}

Status write_remote_tries(const std::string& path, const RemoteTries& table) {
  return write_state(path, StateKind::remote_tries, table.encode());
}

}  // namespace

Result<TryAllowed> ThrottleStore::begin_try(std::string_view user, UnixSeconds now, const TryOrigin& origin) {
  const std::lock_guard lock(mutex_);
  if (origin.has_value()) return begin_remote_try(user, now, *origin);
  const std::string path = directory_.user_file(user, kTriesExtension);
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

Result<TryAllowed> ThrottleStore::begin_remote_try(std::string_view user, UnixSeconds now,
                                                   const RemoteOrigin& origin) {
  const std::string path = directory_.user_file(user, kRemoteTriesExtension);
  TRY_ASSIGN(RemoteTries table, read_remote_tries(path));
  const bool ran_ahead = table.come_to(now);
  const login::ThrottleState state = table.of(origin);
  if (const std::int64_t wait = login::wait_before_try(state, now); wait > 0) {
    if (ran_ahead) TRY(write_remote_tries(path, table));
    return TryAllowed{false, wait};
  }
  table.set(origin, login::begin_try(state, now));
  TRY(write_remote_tries(path, table));
  return TryAllowed{true, 0};
}

Status ThrottleStore::succeeded(std::string_view user, const TryOrigin& origin) {
  const std::lock_guard lock(mutex_);
  if (!origin.has_value()) return write_tries(directory_.user_file(user, kTriesExtension), {});
  const std::string path = directory_.user_file(user, kRemoteTriesExtension);
  TRY_ASSIGN(RemoteTries table, read_remote_tries(path));
  table.set(*origin, {});
  return write_remote_tries(path, table);
}

Result<login::ThrottleState> ThrottleStore::state(std::string_view user) const {
  const std::lock_guard lock(mutex_);
  return read_tries(directory_.user_file(user, kTriesExtension));
}

Result<std::uint32_t> ThrottleStore::remote_failures(std::string_view user) const {
  const std::lock_guard lock(mutex_);
  TRY_ASSIGN(const RemoteTries table, read_remote_tries(directory_.user_file(user, kRemoteTriesExtension)));
  return table.failures();
}

}  // namespace cardea::recoveryd
