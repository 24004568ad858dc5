// SPDX-License-Identifier: Apache-2.0
// RSA public keys, for the files of this folder.
#pragma once

#include <optional>

#include "core/crypto/gcrypt/der.h"
#include "core/crypto/gcrypt/library.h"

namespace cardea::crypto::gcrypt {

// The numbers of a SubjectPublicKeyInfo that PublicKey::from_spki accepts as RSA.
std::optional<RsaPublicNumbers> acceptable_rsa(ByteView spki);
std::size_t bit_length(ByteView number);  // without leading zeros
// Both big-endian and of the same size: what is not below the modulus would be a second form of a number.
bool below_modulus(ByteView number, ByteView modulus);
Expression rsa_public_key(const RsaPublicNumbers& numbers);
// PKCS#1 v1.5 with SHA-256; `signature` is as long as the modulus.
bool rsa_fits(gcry_sexp_t key, ByteView modulus, ByteView message, ByteView signature);

}  // namespace cardea::crypto::gcrypt
