// SPDX-License-Identifier: Apache-2.0
// RSA for cards that have nothing better: sealing to such a card, and its public key's encoding. The card
// decrypts RSA-OAEP with SHA-1 and MGF1-SHA-1 and no label, the only parameters that every PKCS#11 module
// offers. OAEP alone would bind no context, so it carries a fresh 32-byte key, and an AEAD envelope under
// that key carries the text: u8 format version (1) || u8 suite (3) || lp(OAEP ciphertext) || AEAD envelope.
#pragma once

#include <functional>

#include "core/crypto/envelope.h"

namespace cardea::crypto {

inline constexpr std::size_t kMinRsaBits = 2048;
inline constexpr std::size_t kMaxRsaBits = 4096;

// Given an OAEP ciphertext as long as the modulus, returns the plaintext (CKM_RSA_PKCS_OAEP, SHA-1,
// MGF1-SHA-1, empty source data).
using RsaDecryptFunction = std::function<Result<SecretBytes>(ByteView ciphertext)>;

// `spki`: an RSA key that PublicKey::from_spki accepts, else Error::key_invalid; limits as seal(). The OAEP
// seed comes from the library's or the system's own generator, not from `random`.
Result<Bytes> rsa_seal(ByteView spki, Label label, ByteView context, ByteView plaintext, Random& random);
// Errors as hpke_open.
Result<SecretBytes> rsa_open(const RsaDecryptFunction& decrypt, Label label, ByteView context,
                             ByteView envelope);

// SubjectPublicKeyInfo of a card's CKA_MODULUS and CKA_PUBLIC_EXPONENT (big-endian, leading zeros allowed).
Result<Bytes> rsa_spki(ByteView modulus, ByteView exponent);

// RSA-OAEP in software, for virtual cards in tests and the published vectors: `hash` is also MGF1's.
enum class OaepHash : std::uint8_t { sha1, sha256 };
// Error::key_invalid as rsa_seal, Error::invalid_argument for an empty text, Error::limit_exceeded for one
// that is longer than the modulus takes.
Result<Bytes> rsa_oaep_encrypt(ByteView spki, OaepHash hash, ByteView plaintext);
// `pkcs8`: DER PrivateKeyInfo. Error::decrypt_failed for every wrong ciphertext, without saying why.
Result<SecretBytes> rsa_oaep_decrypt(ByteView pkcs8, OaepHash hash, ByteView oaep_label, ByteView ciphertext);

}  // namespace cardea::crypto
