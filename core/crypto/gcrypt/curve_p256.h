// SPDX-License-Identifier: Apache-2.0
// P-256 as libgcrypt has it, for the files of this folder.
#pragma once

#include "core/crypto/gcrypt/library.h"
#include "core/crypto/p256.h"

namespace cardea::crypto::gcrypt {

// ECDSA over SHA-256(message). `key` is libgcrypt's public key, `signature` r || s.
bool ecdsa_fits(gcry_sexp_t key, ByteView message, const P256Signature& signature);
// `point` is one that p256_point has accepted.
Expression p256_public_key(const P256Point& point);

}  // namespace cardea::crypto::gcrypt
