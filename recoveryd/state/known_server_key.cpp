// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/known_server_key.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {

Result<Bytes> KnownServerKey::read() const {
  const std::lock_guard lock(mutex_);
  return read_locked();
}

Result<Bytes> KnownServerKey::read_locked() const {
  TRY_ASSIGN(const SecretBytes body, read_state(path_, StateKind::guest_key));
  ByteReader in(body.expose());
  Bytes spki = to_bytes(in.lp());
  if (!in.complete() || spki.empty()) return fail(Error::corrupted, path_ + ": length does not match");
  return spki;
}

Status KnownServerKey::keep(ByteView spki, ByteView instead_of) {
  const std::lock_guard lock(mutex_);
  const auto known = read_locked();
  if (known.ok() && *known == to_bytes(spki)) return {};
  if (known.ok() && *known != to_bytes(instead_of)) return Error::already_exists;
  if (!known.ok() && known.error() != Error::not_found) return known.failure();
  ByteBuilder out;
  out.lp(spki);
  return write_state(path_, StateKind::guest_key, out.view());
}

}  // namespace cardea::recoveryd
