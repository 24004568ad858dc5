// SPDX-License-Identifier: Apache-2.0
// As much of DER (X.690) as RSA keys need. Strict: a length in its shortest form, numbers that are not
// negative and as short as can be. A key that is read here has one encoding.
#pragma once

#include <optional>

#include "core/base/byte_io.h"
#include "core/base/bytes.h"

namespace cardea::crypto::gcrypt {

inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerBitString = 0x03;
inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerSequence = 0x30;

// The contents of the next element, which must have this tag and at most 65,535 bytes.
std::optional<ByteView> der_element(ByteReader& reader, std::uint8_t tag);
// A number without its leading zero; empty for 0.
std::optional<ByteView> der_number(ByteReader& reader);

struct RsaPublicNumbers {
  ByteView modulus, exponent;  // big-endian, without leading zeros, in the memory of what was read
};
// SubjectPublicKeyInfo with rsaEncryption and NULL (RFC 3279 section 2.3.1), nothing behind it. Says nothing
// of the size of the numbers.
std::optional<RsaPublicNumbers> rsa_public_numbers(ByteView spki);

struct RsaPrivateNumbers {
  ByteView modulus, exponent, private_exponent;
};
// PrivateKeyInfo (RFC 5208) of version 0 with an RSAPrivateKey of two primes. The primes are not read.
std::optional<RsaPrivateNumbers> rsa_private_numbers(ByteView pkcs8);

}  // namespace cardea::crypto::gcrypt
