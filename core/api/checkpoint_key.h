// SPDX-License-Identifier: Apache-2.0
// How a server's checkpoint key is replaced without its clients having to trust anybody anew: the old key
// signs the new one (docs/spec/audit.md, "Another checkpoint key"). Signed by the server; followed by its
// clients and by whoever checks an old signature of it.
#pragma once

#include <span>

#include "core/base/bytes.h"

namespace cardea::api {

// A server's key can be replaced so often; more hand-overs in an answer are not looked at.
inline constexpr std::size_t kMaxKeyHandovers = 63;

struct KeyHandover {
  std::uint32_t number = 0;  // of the new key; the first key, which nobody has handed over, has 1
  Bytes key;                 // SubjectPublicKeyInfo (Ed25519)
  Bytes signature;           // by the key of the number before
};

// Signed by the key of the number before.
Bytes checkpoint_key_proof(std::uint32_t number, ByteView key);

// Good when `shown` is the key that is `known`, or when the hand-overs lead from it to there, one number
// after the other and each signed. signature_invalid for anything else: a hand-over that is missing or
// forged, and a key that is older than the known one.
Status follow_checkpoint_key(ByteView known, ByteView shown, std::span<const KeyHandover> handovers);

}  // namespace cardea::api
