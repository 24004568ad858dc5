// SPDX-License-Identifier: Apache-2.0
// NIST P-256 keys in software: the recovery key, HPKE's ephemeral keys, and cards in tests. Points are SEC 1
// uncompressed (65 bytes, 0x04 || x || y): the only form that is accepted or made.
#pragma once

#include <array>
#include <memory>

#include "core/base/random.h"
#include "core/base/secret.h"

namespace cardea::crypto {

using P256Point = std::array<std::uint8_t, 65>;
using P256Signature = std::array<std::uint8_t, 64>;  // r || s, big-endian

// Error::key_invalid unless it is 65 bytes, uncompressed, on the curve and not infinity.
Result<P256Point> p256_point(ByteView point);
// SubjectPublicKeyInfo, DER, 91 bytes (RFC 5480, named curve). The point must be valid: Error::key_invalid.
Result<Bytes> p256_spki(ByteView point);
// The point of such an SPKI, checked as by p256_point; any other encoding is Error::key_invalid.
Result<P256Point> p256_point_from_spki(ByteView spki);
// The DER form SEQUENCE { r, s } that OpenSSL and X.509 use, made from r || s and back. Strict DER only:
// Error::signature_invalid.
Result<Bytes> ecdsa_to_der(ByteView raw);
Result<P256Signature> ecdsa_from_der(ByteView der);

class P256KeyPair {
 public:
  // `scalar`: 32 bytes big-endian, 1 to n-1, else Error::key_invalid.
  static Result<P256KeyPair> from_scalar(ByteView scalar);
  // RFC 9180 section 7.1.3 DeriveKeyPair for DHKEM(P-256, HKDF-SHA256); `input` at least 32 bytes.
  static Result<P256KeyPair> derive_key_pair(ByteView input);
  static P256KeyPair generate(Random& random);
  P256KeyPair(P256KeyPair&&) noexcept;
  P256KeyPair& operator=(P256KeyPair&&) noexcept;
  ~P256KeyPair();

  [[nodiscard]] const P256Point& point() const noexcept;
  [[nodiscard]] const SecretKey32& scalar() const noexcept;
  [[nodiscard]] Bytes spki() const;
  // The x coordinate, 32 bytes, as CKM_ECDH1_DERIVE with CKD_NULL gives it. Error::key_invalid for a point
  // that p256_point would refuse.
  [[nodiscard]] Result<SecretBytes> dh(ByteView peer_point) const;
  // ECDSA over SHA-256(message); the nonce is the library's own matter (a draw, or RFC 6979).
  [[nodiscard]] P256Signature sign(ByteView message) const;

 private:
  struct Impl;
  explicit P256KeyPair(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardea::crypto
