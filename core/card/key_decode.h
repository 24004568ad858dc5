// SPDX-License-Identifier: Apache-2.0
// Public keys from the attributes a token gives. The token is a stranger here: every byte is checked, and
// only keys that crypto::PublicKey accepts come out. Used by card_keys; fuzzed by
// tests/fuzz/key_decode_fuzz.cpp.
#pragma once

#include "core/base/bytes.h"

namespace cardea::card {

// Longest attribute that is read: a 4,096-bit modulus with a leading zero, with room.
inline constexpr std::size_t kMaxKeyAttribute = 1024;

// CKA_EC_PARAMS of P-256: OBJECT IDENTIFIER 1.2.840.10045.3.1.7.
inline constexpr std::uint8_t kP256Name[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

// CKA_EC_PARAMS must name P-256; CKA_EC_POINT is a DER OCTET STRING (PKCS#11 2.40) or, with older modules,
// the bare point. Error::key_invalid.
Result<Bytes> spki_from_ec(ByteView ec_params, ByteView ec_point);
// Error::key_invalid below 2,048 or above 4,096 bits.
Result<Bytes> spki_from_rsa(ByteView modulus, ByteView exponent);

}  // namespace cardea::card
