// SPDX-License-Identifier: Apache-2.0
// SubjectPublicKeyInfo of Ed25519 keys (RFC 8410): one form, 44 bytes. Used by signature.h's implementation.
#pragma once

#include "core/base/bytes.h"

namespace cardea::crypto {

Bytes ed25519_spki(std::span<const std::uint8_t, 32> public_key);
// Error::key_invalid unless it has this form and its point is canonical, not of small order and in the main
// subgroup: for a point of small order there are signatures that fit many messages.
Status ed25519_check_spki(ByteView spki);
// The back end's part of the check above.
bool ed25519_point_acceptable(std::span<const std::uint8_t, 32> public_key);

}  // namespace cardea::crypto
