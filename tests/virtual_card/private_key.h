// SPDX-License-Identifier: Apache-2.0
// The cryptography of the card: one private key and what a card's processor does with it. The personalities
// keep keys as DER in their files and open them for each command, so that the state file is all there is.
#pragma once

#include <openssl/evp.h>

#include "core/base/bytes.h"
#include "core/base/unique_handle.h"

namespace cardea::virtual_card {

enum class EcCurve : std::uint8_t { p256, p384 };

class PrivateKey {
 public:
  // 1024, 2048, 3072 or 4096 bits, public exponent 65537; invalid_argument otherwise.
  static Result<PrivateKey> generate_rsa(unsigned bits);
  static Result<PrivateKey> generate_ec(EcCurve curve);
  static Result<PrivateKey> from_der(ByteView der);  // key_invalid when it is not a whole RSA or EC key
  [[nodiscard]] Result<Bytes> to_der() const;

  [[nodiscard]] bool is_rsa() const;
  [[nodiscard]] unsigned bits() const;
  [[nodiscard]] Result<Bytes> modulus() const;  // RSA, big-endian without leading zeros
  [[nodiscard]] Result<Bytes> point() const;    // EC, 04 || X || Y

  // The bare private operation on a block as long as the modulus: raw signature and raw decryption.
  [[nodiscard]] Result<Bytes> rsa_raw(ByteView block) const;
  // PKCS#1 v1.5 block type 1 around a DigestInfo that the host has made (RFC 8017 section 9.2).
  [[nodiscard]] Result<Bytes> rsa_sign_pkcs1(ByteView digest_info) const;
  // PKCS#1 v1.5 block type 2 removed on the card.
  [[nodiscard]] Result<Bytes> rsa_decrypt_pkcs1(ByteView cryptogram) const;
  // RSASSA-PSS over a SHA-1, SHA-256, SHA-384 or SHA-512 digest, salt as long as the digest, MGF1 with the
  // same hash.
  [[nodiscard]] Result<Bytes> rsa_sign_pss(ByteView digest) const;
  [[nodiscard]] Result<Bytes> ecdsa_sign(ByteView digest) const;  // DER Sig-Value (RFC 3279 section 2.2.3)
  // The other side's point times our scalar, 04 || X || Y. The point must be on the curve.
  [[nodiscard]] Result<Bytes> multiply(ByteView uncompressed_point) const;

 private:
  using Handle = UniqueHandle<EVP_PKEY, EVP_PKEY_free>;
  explicit PrivateKey(Handle key) : key_(std::move(key)) {}
  [[nodiscard]] Result<Bytes> number(const char* parameter) const;
  Handle key_;
};

// The curve whose field has this prime (big-endian); empty for a curve these cards do not have.
Result<EcCurve> curve_of_prime(ByteView prime);

}  // namespace cardea::virtual_card
