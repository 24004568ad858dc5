// SPDX-License-Identifier: Apache-2.0
#include "core/records/keyring.h"

#include "core/crypto/kdf.h"

namespace cardea::records {
namespace {

using crypto::Label;

struct KeyringSealing {
  Label label;
  Bytes context;
};

KeyringSealing card_sealing(const KeyringOwner& owner, const CardId& card) {
  Bytes object(owner.computer.begin(), owner.computer.end());
  object.insert(object.end(), card.begin(), card.end());
  return {"cardea/v1/keyring-card", object_context(owner.user, "keyring-card", object, 1, 0)};
}

KeyringSealing access_key_sealing(const KeyringOwner& owner, std::uint32_t generation) {
  return {"cardea/v1/keyring-access-key",
          object_context(owner.user, "keyring-access-key", owner.computer, generation, 0)};
}

KeyringSealing recovery_sealing(const KeyringOwner& owner) {
  return {"cardea/v1/keyring-recovery", object_context(owner.user, "keyring-recovery", owner.computer, 1, 0)};
}

Result<KeyringSecret> from_opened(const SecretBytes& opened) {
  auto secret = KeyringSecret::from(opened.expose());
  if (!secret.ok()) return fail(Error::corrupted, "not a keyring secret");
  return secret;
}

Result<Bytes> seal_to_card(const KeyringSecret& secret, const KeyringSealing& sealing, ByteView wrap_spki,
                           Random& random) {
  TRY_ASSIGN(const crypto::PublicKey wrap, crypto::PublicKey::from_spki(wrap_spki));
  if (wrap.kind() != crypto::KeyKind::p256)
    return crypto::rsa_seal(wrap_spki, sealing.label, sealing.context, secret.expose(), random);
  TRY_ASSIGN(const crypto::P256Point point, crypto::p256_point_from_spki(wrap_spki));
  return crypto::hpke_seal(point, sealing.label, sealing.context, secret.expose(), random);
}

}  // namespace

Result<Bytes> seal_keyring(const KeyringSecret& secret, const KeyringOwner& owner,
                           const KeyringRecipient& recipient, Random& random) {
  switch (recipient.kind) {
    case KeyringHolderKind::card:
      return seal_to_card(secret, card_sealing(owner, recipient.card), recipient.public_key, random);
    case KeyringHolderKind::access_key: {
      if (recipient.generation == 0) return fail(Error::invalid_argument, "generation 0");
      const KeyringSealing sealing = access_key_sealing(owner, recipient.generation);
      return crypto::hpke_seal(recipient.public_key, sealing.label, sealing.context, secret.expose(), random);
    }
    case KeyringHolderKind::recovery: {
      const KeyringSealing sealing = recovery_sealing(owner);
      return crypto::hpke_seal(recipient.public_key, sealing.label, sealing.context, secret.expose(), random);
    }
  }
  return fail(Error::invalid_argument, "kind of a keyring holder");
}

Result<KeyringSecret> open_keyring_with_card(ByteView envelope, const KeyringOwner& owner, const CardId& card,
                                             const crypto::DhFunction& dh, ByteView wrap_point) {
  const KeyringSealing sealing = card_sealing(owner, card);
  TRY_ASSIGN(const SecretBytes opened,
             crypto::hpke_open(dh, wrap_point, sealing.label, sealing.context, envelope));
  return from_opened(opened);
}

Result<KeyringSecret> open_keyring_with_card(ByteView envelope, const KeyringOwner& owner, const CardId& card,
                                             const crypto::RsaDecryptFunction& decrypt) {
  const KeyringSealing sealing = card_sealing(owner, card);
  TRY_ASSIGN(const SecretBytes opened, crypto::rsa_open(decrypt, sealing.label, sealing.context, envelope));
  return from_opened(opened);
}

Result<KeyringSecret> open_keyring_with_access_key(ByteView envelope, const KeyringOwner& owner,
                                                   std::uint32_t generation,
                                                   const access_key::LocalSecret& secret) {
  TRY_ASSIGN(const crypto::P256KeyPair key, keyring_key(owner, generation, secret));
  const KeyringSealing sealing = access_key_sealing(owner, generation);
  TRY_ASSIGN(const SecretBytes opened, crypto::hpke_open(key, sealing.label, sealing.context, envelope));
  return from_opened(opened);
}

Result<KeyringSecret> open_keyring_with_recovery(ByteView envelope, const KeyringOwner& owner,
                                                 const crypto::P256KeyPair& recovery) {
  const KeyringSealing sealing = recovery_sealing(owner);
  TRY_ASSIGN(const SecretBytes opened, crypto::hpke_open(recovery, sealing.label, sealing.context, envelope));
  return from_opened(opened);
}

Result<crypto::P256KeyPair> keyring_key(const KeyringOwner& owner, std::uint32_t generation,
                                        const access_key::LocalSecret& secret) {
  const Bytes context = object_context(owner.user, "keyring-key", owner.computer, generation, 0);
  const SecretKey32 seed = crypto::derive_key(secret.expose(), "cardea/v1/keyring-key", context);
  return crypto::P256KeyPair::derive_key_pair(seed.expose());
}

SecretBytes keyring_text(const KeyringSecret& secret) {
  std::string text = to_base64url(secret.expose());
  SecretBytes kept{std::string_view(text)};
  wipe(text);
  return kept;
}

}  // namespace cardea::records
