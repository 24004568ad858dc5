// SPDX-License-Identifier: Apache-2.0
// The secret of the user's keyring on one computer, and its sealed copies (docs/spec/keyring.md): one for
// each card, each generation of access keys, and the recovery key. Every recipient is a public key, so that
// whoever has the secret open can seal it to all of them. Used by the card worker; the daemon keeps the
// envelopes.
#pragma once

#include "core/access_key/access_key_chain.h"
#include "core/crypto/hpke.h"
#include "core/crypto/rsa.h"
#include "core/records/identifiers.h"

namespace cardea::records {

using KeyringSecret = SecretKey32;

enum class KeyringHolderKind : std::uint8_t { card = 1, access_key = 2, recovery = 3 };

// Whose secret, and on which computer: part of every context.
struct KeyringOwner {
  UserId user{};
  ComputerId computer{};
};

// To whom it is sealed. `card` is for the kind card, `generation` for access_key.
struct KeyringRecipient {
  KeyringHolderKind kind = KeyringHolderKind::card;
  CardId card{};
  std::uint32_t generation = 0;
  Bytes public_key;  // card: SubjectPublicKeyInfo of its wrap key; else a P-256 point
};

inline constexpr std::size_t kMaxKeyringEnvelope = 1024;  // an RSA-4096 card's is 642 bytes

// Error::key_invalid for a public key that is none, Error::invalid_argument for generation 0.
Result<Bytes> seal_keyring(const KeyringSecret& secret, const KeyringOwner& owner,
                           const KeyringRecipient& recipient, Random& random);

// Each fails with Error::decrypt_failed for an envelope of another owner, kind, card or generation, and with
// the card's own error when the card fails.
Result<KeyringSecret> open_keyring_with_card(ByteView envelope, const KeyringOwner& owner, const CardId& card,
                                             const crypto::DhFunction& dh, ByteView wrap_point);
Result<KeyringSecret> open_keyring_with_card(ByteView envelope, const KeyringOwner& owner, const CardId& card,
                                             const crypto::RsaDecryptFunction& decrypt);
Result<KeyringSecret> open_keyring_with_access_key(ByteView envelope, const KeyringOwner& owner,
                                                   std::uint32_t generation,
                                                   const access_key::LocalSecret& secret);
Result<KeyringSecret> open_keyring_with_recovery(ByteView envelope, const KeyringOwner& owner,
                                                 const crypto::P256KeyPair& recovery);

// The key pair of one generation of access keys, made of its k_0 and the device share.
Result<crypto::P256KeyPair> keyring_key(const KeyringOwner& owner, std::uint32_t generation,
                                        const access_key::LocalSecret& secret);

// What is handed to PAM: base64url without padding, 43 characters. Never a NUL or a line end.
SecretBytes keyring_text(const KeyringSecret& secret);

}  // namespace cardea::records
