// SPDX-License-Identifier: Apache-2.0
// Public keys of cards, computers and checkpoints, and Ed25519 key pairs of computers. Called by core/login
// (card proofs), the server (requests) and the audit log.
#pragma once

#include <array>
#include <memory>

#include "core/base/random.h"
#include "core/base/secret.h"

namespace cardea::crypto {

enum class KeyKind : std::uint8_t { p256, rsa, ed25519 };

// An immutable verified-on-arrival public key; copies are cheap and may be used from any thread.
class PublicKey {
 public:
  // SubjectPublicKeyInfo in DER, in the one canonical encoding (card_id is a hash of it): P-256 uncompressed,
  // RSA of 2,048 to 4,096 bits with a public exponent that is odd and of 17 to 64 bits, Ed25519 of full
  // order. Anything else, also trailing bytes: Error::key_invalid.
  static Result<PublicKey> from_spki(ByteView der);

  [[nodiscard]] KeyKind kind() const noexcept;
  [[nodiscard]] std::size_t bits() const noexcept;  // 256, the size of the modulus, or 255
  [[nodiscard]] const Bytes& spki() const noexcept;
  // P-256: ECDSA over SHA-256, raw r || s of exactly 64 bytes (what PKCS#11 gives). RSA: PKCS#1 v1.5 with
  // SHA-256, as long as the modulus. Ed25519: 64 bytes. Error::signature_invalid, never saying why.
  [[nodiscard]] Status verify(ByteView message, ByteView signature) const;
  // P-256 only: the signature as strict DER (X.509, WebAuthn).
  [[nodiscard]] Status verify_der(ByteView message, ByteView signature) const;

 private:
  struct Impl;
  explicit PublicKey(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

class Ed25519KeyPair {
 public:
  static Ed25519KeyPair from_seed(const SecretKey32& seed);
  static Ed25519KeyPair generate(Random& random);
  Ed25519KeyPair(Ed25519KeyPair&&) noexcept;
  Ed25519KeyPair& operator=(Ed25519KeyPair&&) noexcept;
  ~Ed25519KeyPair();

  [[nodiscard]] std::array<std::uint8_t, 64> sign(ByteView message) const;
  [[nodiscard]] const Bytes& spki() const noexcept;
  [[nodiscard]] const SecretKey32& seed() const noexcept;  // for the owner's file, mode 0600

 private:
  struct Impl;
  explicit Ed25519KeyPair(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

// A card's name: SHA-256 of its auth key's SubjectPublicKeyInfo (glossary: CardId). Serial numbers can be
// copied.
using CardId = std::array<std::uint8_t, 32>;
CardId card_id(ByteView spki);

}  // namespace cardea::crypto
