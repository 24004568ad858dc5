// SPDX-License-Identifier: Apache-2.0
// The prime-order group ristretto255 (RFC 9496) below OPRF and OPAQUE; nobody else calls it. Elements and
// scalars are in their 32-byte encodings, scalars little-endian and below the group order.
#pragma once

#include "core/base/random.h"
#include "core/base/secret.h"

namespace cardea::crypto {

using RistrettoElement = std::array<std::uint8_t, 32>;
using RistrettoScalar = SecretArray<32>;

// Canonical and not the identity, else Error::key_invalid.
Result<RistrettoElement> ristretto_element(ByteView encoding);
// Canonical and not zero, else Error::key_invalid.
Result<RistrettoScalar> ristretto_scalar(ByteView encoding);
// 64 uniform bytes reduced modulo the order (RFC 9496 section 4.4); may be zero with probability 2^-252.
RistrettoScalar ristretto_scalar_reduce(std::span<const std::uint8_t, 64> uniform);
// Draws 64 bytes at a time until the scalar is not zero.
RistrettoScalar ristretto_scalar_random(Random& random);
RistrettoScalar ristretto_scalar_invert(const RistrettoScalar& scalar);
// Element derivation function of RFC 9496 section 4.3.4.
RistrettoElement ristretto_from_uniform(std::span<const std::uint8_t, 64> uniform);
// scalar * element; Error::key_invalid when the element is not valid or the result is the identity.
Result<RistrettoElement> ristretto_multiply(const RistrettoScalar& scalar, ByteView element);
// The same for a result that is secret (a Diffie-Hellman value).
Result<SecretArray<32>> ristretto_dh(const RistrettoScalar& scalar, ByteView element);
Result<RistrettoElement> ristretto_multiply_base(const RistrettoScalar& scalar);

}  // namespace cardea::crypto
