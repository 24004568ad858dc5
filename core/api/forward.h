// SPDX-License-Identifier: Apache-2.0
// Where a user has gone (docs/spec/relocation.md, "Receipt and forward"): the statement by which the server
// that a client knows introduces the next one. Made by server/service/relocation_mover, checked by whoever
// follows it.
#pragma once

#include <string>

#include "core/api/identifiers.h"
#include "core/base/clock.h"

namespace cardea::api {

inline constexpr std::size_t kMaxRegionName = 32;

// [a-z][a-z0-9-]{0,31}
bool is_region_name(std::string_view name) noexcept;

struct Forward {
  UserId user;
  std::uint32_t epoch = 0;  // of the directory, from then on
  std::string region;
  std::string url;        // an origin, as in the server list
  Bytes checkpoint_spki;  // the next server's checkpoint key
  UnixSeconds time = 0;
};

// The exact bytes that are signed. What breaks a rule of the format must not be given to it.
Bytes encode(const Forward& forward);
// Error::corrupted for whatever encode() would not have made of a forward that keeps the rules.
Result<Forward> decode_forward(ByteView bytes);
// Error::signature_invalid unless `key` (an Ed25519 SubjectPublicKeyInfo, the pinned checkpoint key) signed
// exactly these bytes; then server_misbehaved for another user, or an epoch that is not above `known_epoch`.
Result<Forward> open_forward(ByteView bytes, ByteView signature, ByteView key, const UserId& user,
                             std::uint32_t known_epoch);

}  // namespace cardea::api
