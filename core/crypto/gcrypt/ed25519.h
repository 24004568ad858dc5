// SPDX-License-Identifier: Apache-2.0
// Ed25519 public keys as libgcrypt has them, for the files of this folder.
#pragma once

#include "core/crypto/gcrypt/library.h"

namespace cardea::crypto::gcrypt {

// `point` has 32 bytes and is one that ed25519_check_spki has accepted.
Expression ed25519_public_key(ByteView point);
// `signature` has 64 bytes; only its one encoding fits (RFC 8032 section 5.1.7).
bool ed25519_fits(gcry_sexp_t key, ByteView message, ByteView signature);

}  // namespace cardea::crypto::gcrypt
