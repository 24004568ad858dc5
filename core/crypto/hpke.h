// SPDX-License-Identifier: Apache-2.0
// HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-GCM: sealing to somebody who holds
// a private key, above all to a card. The DH is a function, so that the card may do it. hpke_seal and
// hpke_open are our envelope (docs/spec/envelopes.md): u8 format version (1) || u8 suite (2) || enc (65) ||
// ciphertext; what stands below them is the plain RFC, for the official vectors and for interoperation tests.
#pragma once

#include <functional>

#include "core/crypto/envelope.h"
#include "core/crypto/p256.h"

namespace cardea::crypto {

inline constexpr std::size_t kHpkeOverhead = 2 + 65 + 16;

// Given a peer's public point, returns the 32-byte x coordinate of the shared point.
using DhFunction = std::function<Result<SecretBytes>(ByteView peer_point)>;

// info = label || context, aad = context. Error::key_invalid for a bad recipient point; limits as seal().
Result<Bytes> hpke_seal(ByteView recipient_point, Label label, ByteView context, ByteView plaintext,
                        Random& random);
// Error::unknown_format for another version or suite; failures of `dh` (a pulled card) come through as they
// are; everything else that does not open is Error::decrypt_failed.
Result<SecretBytes> hpke_open(const DhFunction& dh, ByteView recipient_point, Label label, ByteView context,
                              ByteView envelope);
Result<SecretBytes> hpke_open(const P256KeyPair& recipient, Label label, ByteView context, ByteView envelope);

enum class HpkeAead : std::uint16_t { aes_128_gcm = 1, aes_256_gcm = 2 };

// One direction of a conversation (RFC 9180 section 5.2): each seal or open advances the sequence number. An
// open that fails does not.
class HpkeContext {
 public:
  Result<Bytes> seal(ByteView associated_data, ByteView plaintext);
  Result<SecretBytes> open(ByteView associated_data, ByteView sealed);
  [[nodiscard]] Result<SecretBytes> export_secret(ByteView exporter_context, std::size_t size) const;

 private:
  friend Result<HpkeContext> hpke_key_schedule(HpkeAead aead, ByteView shared_secret, ByteView info);
  HpkeContext() = default;
  [[nodiscard]] std::array<std::uint8_t, 12> nonce() const noexcept;
  HpkeAead aead_ = HpkeAead::aes_256_gcm;
  SecretKey32 key_;  // its first 16 bytes for aes_128_gcm
  std::array<std::uint8_t, 12> base_nonce_{};
  SecretKey32 exporter_secret_;
  std::uint64_t sequence_ = 0;
};

struct HpkeSender {
  P256Point enc{};
  HpkeContext context;
};

// RFC 9180 section 5.1.1. The ephemeral key is an argument: a fresh one for each call outside of vectors.
Result<HpkeSender> hpke_setup_sender(HpkeAead aead, ByteView recipient_point, ByteView info,
                                     const P256KeyPair& ephemeral);
Result<HpkeContext> hpke_setup_recipient(HpkeAead aead, const DhFunction& dh, ByteView recipient_point,
                                         ByteView enc, ByteView info);

}  // namespace cardea::crypto
