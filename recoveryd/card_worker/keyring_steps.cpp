// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/keyring_steps.h"

#include "core/card/key_use.h"
#include "recoveryd/card_worker/card_steps.h"
#include "recoveryd/card_worker/private_channel.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {
namespace {

using records::KeyringSecret;

bool is_of_vault(const KeyringTicket& ticket) { return ticket == KeyringTicket{}; }

KeyringTicket take_ticket(ByteReader& in) {
  KeyringTicket ticket{};
  const ByteView bytes = in.bytes(ticket.size());
  std::copy(bytes.begin(), bytes.end(), ticket.begin());
  return ticket;
}

Result<KeyringSecret> open_with_access_key(const KeyringOpening& opening) {
  TRY_ASSIGN(const auto root, access_key::AccessKey::from(opening.chain_root));
  TRY_ASSIGN(const auto share, access_key::DeviceShare::from(opening.device_share));
  return records::open_keyring_with_access_key(opening.envelope, opening.owner, opening.generation,
                                               access_key::local_secret(root, share));
}

Result<KeyringSecret> open_in_vault(StepContext& context, const KeyringOpening& opening) {
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  if (opening.owner.user != identity.user || opening.owner.computer != identity.computer)
    return fail(Error::invalid_argument, "a keyring of somebody else");
  switch (opening.way) {
    case KeyringWay::card: {
      TRY_ASSIGN(BoundCard * card, open_card(context));
      return open_keyring_with(*card, opening.owner, opening.envelope);
    }
    case KeyringWay::access_key:
      return open_with_access_key(opening);
    case KeyringWay::recovery:
      if (!vault.recovery) return missing("no recovery key");
      return records::open_keyring_with_recovery(opening.envelope, opening.owner, *vault.recovery);
    case KeyringWay::create:  // a secret that no login has handed out needs no copies
      break;
  }
  return fail(Error::invalid_argument, "not a way of a vault");
}

// The secret under the ticket, or in the vault.
Result<const KeptKeyring*> need_kept(StepContext& context, const KeyringTicket& ticket) {
  const KeptKeyring* kept = nullptr;
  if (!is_of_vault(ticket)) {
    kept = context.keyrings.find(ticket);
  } else if (context.vault && context.vault->keyring) {
    kept = &*context.vault->keyring;
  }
  if (kept == nullptr) return fail(Error::not_found, "no keyring secret is open");
  if (!kept->secret.ok()) return kept->secret.failure();
  return kept;
}

}  // namespace

Result<KeyringSecret> open_keyring_with(BoundCard& card, const records::KeyringOwner& owner,
                                        ByteView envelope) {
  if (!card.session || !card.info.card_id) return Error::card_removed;
  card::TokenSession& session = *card.session;
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(card.info.wrap_spki));
  if (key.kind() == crypto::KeyKind::rsa) {
    return records::open_keyring_with_card(envelope, owner, *card.info.card_id, [&](ByteView text) {
      return card::wrap_rsa_decrypt(session, text);
    });
  }
  TRY_ASSIGN(const auto point, crypto::p256_point_from_spki(card.info.wrap_spki));
  return records::open_keyring_with_card(
      envelope, owner, *card.info.card_id, [&](ByteView peer) { return card::wrap_dh(session, peer); },
      point);
}

Result<Bytes> keyring_open(StepContext& context, ByteReader& in) {
  KeyringOpening opening;
  if (!take_opening(in, opening) || !in.complete()) return Error::frame_malformed;
  if (is_of_vault(opening.ticket)) {
    if (!context.vault) return missing("no vault");
    TRY_ASSIGN(KeyringSecret secret, open_in_vault(context, opening));
    context.vault->keyring.emplace(KeptKeyring{opening.owner, std::move(secret)});
    return Bytes{};
  }
  const Deadline now = std::chrono::steady_clock::now();
  if (opening.way == KeyringWay::create) {
    context.keyrings.put(opening.ticket, {opening.owner, context.random.secret<32>()}, now);
    return Bytes{};
  }
  if (opening.way != KeyringWay::access_key) return fail(Error::invalid_argument, "not a way of a login");
  TRY_ASSIGN(KeyringSecret secret, open_with_access_key(opening));
  context.keyrings.put(opening.ticket, {opening.owner, std::move(secret)}, now);
  return Bytes{};
}

Result<Bytes> keyring_seal(StepContext& context, ByteReader& in) {
  const KeyringTicket ticket = take_ticket(in);
  records::KeyringRecipient recipient;
  if (!take_recipient(in, recipient) || !in.complete()) return Error::frame_malformed;
  TRY_ASSIGN(const KeptKeyring* kept, need_kept(context, ticket));
  TRY_ASSIGN(const Bytes envelope,
             records::seal_keyring(*kept->secret, kept->owner, recipient, context.random));
  return ByteBuilder().lp(envelope).take();
}

Result<Bytes> keyring_reveal(StepContext& context, ByteReader& in) {
  const KeyringTicket ticket = take_ticket(in);
  if (!in.complete()) return Error::frame_malformed;
  // A vault's is there to be sealed again, never to be shown.
  if (is_of_vault(ticket)) return fail(Error::permission_denied, "a vault's keyring secret");
  const auto kept = need_kept(context, ticket);
  const Status shown = kept.ok() ? write_revealed(context.fd, records::keyring_text(*(*kept)->secret))
                                 : Status(kept.failure());
  context.keyrings.remove(ticket);
  TRY(shown);
  return Bytes{};
}

Result<Bytes> keyring_recipient(StepContext& context, ByteReader& in) {
  const ByteView share_bytes = in.lp();
  if (!in.complete()) return Error::frame_malformed;
  const VaultState& vault = *context.vault;
  if (!vault.chain) return missing("no chain");
  TRY_ASSIGN(const auto share, access_key::DeviceShare::from(share_bytes));
  const access_key::ChainContext& whose = vault.chain->whose;
  TRY_ASSIGN(const auto key, records::keyring_key({whose.user, whose.computer}, whose.generation,
                                                  access_key::local_secret(vault.chain->root, share)));
  return ByteBuilder().lp(key.point()).take();
}

}  // namespace cardea::worker
