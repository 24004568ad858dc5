// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/keyring_service.h"

#include <algorithm>

#include "recoveryd/peer_policy.h"

namespace cardea::recoveryd {
namespace {

using records::KeyringHolderKind;
using records::KeyringRecipient;
using worker::kCardTimeout;
using worker::KeyringOpening;
using worker::KeyringTicket;
using worker::KeyringWay;

// The slowest card decrypts within two seconds, and a person waits for his verdict meanwhile.
constexpr worker::Timeout kLoginTimeout{5'000};

bool is_same(const KeyringRecipient& a, const KeyringRecipient& b) {
  return a.kind == b.kind && a.card == b.card && a.generation == b.generation && a.public_key == b.public_key;
}

KeyringHolder* find(KeyringFile& file, const KeyringRecipient& recipient) {
  const auto found = std::ranges::find_if(
      file.holders, [&](const KeyringHolder& holder) { return is_same(holder.recipient, recipient); });
  return found == file.holders.end() ? nullptr : &*found;
}

bool opens_doors(const login::EnrolledCard& card) { return card.state != login::CardState::revoked; }

KeyringRecipient recipient_of(const login::EnrolledCard& card) {
  return {KeyringHolderKind::card, card.card_id, 0, card.wrap_spki};
}

bool is_generation_of(const login::EnrolmentRecord& record, std::uint32_t generation) {
  return (record.current.has_value() && record.current->generation == generation) ||
         (record.pending.has_value() && record.pending->generation == generation);
}

// Cards and generations that open nothing any more. A newer generation than the record knows is being made.
bool is_dead(const login::EnrolmentRecord& record, const KeyringRecipient& recipient) {
  switch (recipient.kind) {
    case KeyringHolderKind::card: {
      const login::EnrolledCard* card = record.find_card(recipient.card);
      return card != nullptr && !opens_doors(*card);
    }
    case KeyringHolderKind::access_key:
      return record.current.has_value() && recipient.generation < record.current->generation &&
             !is_generation_of(record, recipient.generation);
    case KeyringHolderKind::recovery:
      break;
  }
  return false;
}

// The oldest that the record does not name make room for what is new.
void make_room(const login::EnrolmentRecord& record, KeyringFile& file) {
  const auto is_named = [&](const KeyringRecipient& recipient) {
    switch (recipient.kind) {
      case KeyringHolderKind::card:
        return record.find_card(recipient.card) != nullptr;
      case KeyringHolderKind::access_key:
        return is_generation_of(record, recipient.generation);
      case KeyringHolderKind::recovery:
        break;
    }
    return true;
  };
  while (file.holders.size() >= kMaxKeyringHolders) {
    const auto spare = std::ranges::find_if(
        file.holders, [&](const KeyringHolder& holder) { return !is_named(holder.recipient); });
    if (spare == file.holders.end()) return;
    file.holders.erase(spare);
  }
}

}  // namespace

void KeyringService::complain(std::string_view what, const std::string& user, const Failure& failure) const {
  context_.log.warning(what,
                       {{"user", user}, {"error", error_name(failure.error)}, {"detail", failure.detail}});
}

records::KeyringOwner KeyringService::owner_of(const login::EnrolmentRecord& record) const {
  return {record.user_id, context_.device.computer_id};
}

bool KeyringService::is_wanted(const Peer& peer, const LoginRequest& request) const {
  const auto& without = context_.settings.services_without_keyring;
  return is_on() && acts_for_everybody(peer.uid, context_.administrator) &&
         std::ranges::find(without, request.service) == without.end();
}

std::optional<KeyringService::ByCard> KeyringService::by_card(const login::EnrolmentRecord& record,
                                                              const crypto::CardId& card) const {
  const auto file = context_.keyrings->load(record.local_user, record.user_id);
  if (!file.ok()) return std::nullopt;  // hand_out() says why
  for (const KeyringHolder& holder : file->holders) {
    if (holder.recipient.kind != KeyringHolderKind::card || holder.recipient.card != card) continue;
    if (holder.envelope.empty()) continue;
    return ByCard{holder.envelope, context_.random.array<16>(), owner_of(record)};
  }
  return std::nullopt;
}

// No card was there to open it: the access key that has just let in does, or there is none yet.
Status KeyringService::open_for_login(const login::EnrolmentRecord& record, const KeyringFile& file,
                                      const KeyringTicket& ticket) const {
  KeyringOpening opening;
  opening.ticket = ticket;
  opening.owner = owner_of(record);
  if (!file.has_secret()) return context_.worker.keyring_open(opening, kLoginTimeout);
  const auto kept = context_.memory.kept_keys.root(record.local_user, context_.clock.monotonic());
  if (!kept.has_value()) return fail(Error::holder_missing, "not sealed to this card");
  opening.way = KeyringWay::access_key;
  opening.device_share = record.device_share.expose();
  opening.chain_root = kept->k0.expose();
  opening.generation = kept->generation;
  Status opened = fail(Error::holder_missing, "not sealed to this generation of access keys");
  for (const KeyringHolder& holder : file.holders) {
    if (opened.ok() || holder.recipient.kind != KeyringHolderKind::access_key) continue;
    if (holder.recipient.generation != kept->generation || holder.envelope.empty()) continue;
    opening.envelope = holder.envelope;
    opened = context_.worker.keyring_open(opening, kLoginTimeout);
  }
  return opened;
}

// Everything that may open it next, and that the file has no envelope for.
Status KeyringService::seal_to_all(const login::EnrolmentRecord& record, const KeyringFile& file,
                                   const KeyringTicket& ticket) const {
  std::vector<KeyringHolder> sealed;
  const auto seal = [&](const KeyringRecipient& recipient) {
    auto envelope = context_.worker.keyring_seal(ticket, recipient, kLoginTimeout);
    if (!envelope.ok()) return complain("keyring secret not sealed", record.local_user, envelope.failure());
    sealed.push_back({recipient, std::move(*envelope)});
  };
  KeyringFile known = file;
  for (const login::EnrolledCard& card : record.cards) {
    const KeyringRecipient recipient = recipient_of(card);
    if (!opens_doors(card) || find(known, recipient) != nullptr) continue;
    known.holders.push_back({recipient, {}});
  }
  for (const KeyringHolder& holder : known.holders) {
    if (holder.envelope.empty() && !is_dead(record, holder.recipient)) seal(holder.recipient);
  }
  const bool first = !file.has_secret();
  if (first && sealed.empty()) return fail(Error::holder_missing, "nobody to seal it to");
  return context_.keyrings->update(record.local_user, record.user_id, [&](KeyringFile& changed) -> Status {
    // Two first logins at once: the other one's secret is the user's.
    if (first && changed.has_secret()) return fail(Error::already_exists, "made by another login");
    std::erase_if(changed.holders,
                  [&](const KeyringHolder& holder) { return is_dead(record, holder.recipient); });
    for (KeyringHolder& holder : sealed) {
      KeyringHolder* const slot = find(changed, holder.recipient);
      if (slot == nullptr) make_room(record, changed);
      if (slot == nullptr)
        changed.holders.push_back(std::move(holder));
      else
        slot->envelope = std::move(holder.envelope);
    }
    return {};
  });
}

Status KeyringService::prepare(const login::EnrolmentRecord& record, const std::optional<ByCard>& opened,
                               KeyringTicket& ticket) const {
  TRY_ASSIGN(const KeyringFile file, context_.keyrings->load(record.local_user, record.user_id));
  ticket = opened.has_value() ? opened->ticket : context_.random.array<16>();
  if (!opened.has_value()) TRY(open_for_login(record, file, ticket));
  const Status sealed = seal_to_all(record, file, ticket);
  if (!file.has_secret()) {
    TRY(sealed);
    (void)context_.audit.append(context_.clock.now(), "keyring-made", {{"user", record.local_user}});
  } else if (!sealed.ok()) {
    // It is the user's secret all the same, and what opened it now will open it again.
    complain("keyring secret not sealed to all that may open it", record.local_user, sealed.failure());
  }
  return {};
}

void KeyringService::hand_out(Conversation& client, const std::string& user,
                              const std::optional<ByCard>& opened) const {
  const auto record = context_.enrolments.load(user);
  if (!record.ok()) return complain("keyring secret not opened", user, record.failure());
  KeyringTicket ticket{};
  if (Status prepared = prepare(*record, opened, ticket); !prepared.ok())
    return complain("keyring secret not opened", user, prepared.failure());
  const Status revealed = client.reveal("keyring", {}, [&](UniqueFd channel) {
    return context_.worker.keyring_reveal(ticket, std::move(channel), kLoginTimeout);
  });
  if (!revealed.ok()) complain("keyring secret not handed out", user, revealed.failure());
}

void KeyringService::open_with_access_key(worker::Vault& vault, const login::EnrolmentRecord& record,
                                          const KeptAccessKeys::Root& root) const {
  if (!is_on()) return;
  const auto file = context_.keyrings->load(record.local_user, record.user_id);
  if (!file.ok()) return complain("keyring secret not opened", record.local_user, file.failure());
  KeyringOpening opening;
  opening.way = KeyringWay::access_key;
  opening.owner = owner_of(record);
  opening.device_share = record.device_share.expose();
  opening.chain_root = root.k0.expose();
  opening.generation = root.generation;
  for (const KeyringHolder& holder : file->holders) {
    if (holder.recipient.kind != KeyringHolderKind::access_key || holder.envelope.empty()) continue;
    if (holder.recipient.generation != root.generation) continue;
    opening.envelope = holder.envelope;
    const Status opened = vault.keyring_open(opening, kCardTimeout);
    if (opened.ok()) return;
    complain("keyring secret not opened", record.local_user, opened.failure());
  }
}

void KeyringService::open_with_recovery_key(worker::Vault& vault, const login::EnrolmentRecord& record,
                                            ByteView recovery_seal, ByteView recovery_public) const {
  if (!is_on()) return;
  const auto file = context_.keyrings->load(record.local_user, record.user_id);
  if (!file.ok()) return complain("keyring secret not opened", record.local_user, file.failure());
  if (!file->has_secret()) return;
  if (Status key = vault.recovery_key_open(recovery_seal, recovery_public, kCardTimeout); !key.ok())
    return complain("keyring secret not opened", record.local_user, key.failure());
  KeyringOpening opening;
  opening.way = KeyringWay::recovery;
  opening.owner = owner_of(record);
  for (const KeyringHolder& holder : file->holders) {
    if (holder.recipient.kind != KeyringHolderKind::recovery || holder.envelope.empty()) continue;
    opening.envelope = holder.envelope;
    const Status opened = vault.keyring_open(opening, kCardTimeout);
    if (opened.ok()) return;
    complain("keyring secret not opened", record.local_user, opened.failure());
  }
}

// Seals the vault's secret, when it has one, to the recipients. They are remembered in any case.
void KeyringService::add(worker::Vault& vault, const login::EnrolmentRecord& record,
                         std::vector<KeyringRecipient> recipients) const {
  std::vector<KeyringHolder> holders;
  for (KeyringRecipient& recipient : recipients) {
    auto envelope = vault.keyring_seal(recipient, kCardTimeout);
    if (!envelope.ok() && envelope.error() != Error::not_found)
      complain("keyring secret not sealed", record.local_user, envelope.failure());
    holders.push_back({std::move(recipient), envelope.ok() ? std::move(*envelope) : Bytes{}});
  }
  const Status stored =
      context_.keyrings->update(record.local_user, record.user_id, [&](KeyringFile& changed) -> Status {
        for (KeyringHolder& holder : holders) {
          KeyringHolder* const known = find(changed, holder.recipient);
          if (known == nullptr) {
            make_room(record, changed);
            changed.holders.push_back(std::move(holder));
          } else if (!holder.envelope.empty()) {
            known->envelope = std::move(holder.envelope);
          }
        }
        return {};
      });
  if (!stored.ok()) complain("keyring secret not sealed", record.local_user, stored.failure());
}

void KeyringService::add_card(worker::Vault& vault, const login::EnrolmentRecord& record,
                              const crypto::CardId& card, ByteView wrap_spki) const {
  if (is_on()) add(vault, record, {{KeyringHolderKind::card, card, 0, to_bytes(wrap_spki)}});
}

void KeyringService::add_generation(worker::Vault& vault, const login::EnrolmentRecord& record,
                                    std::uint32_t generation, ByteView recovery_public) const {
  if (!is_on()) return;
  auto point = vault.keyring_recipient(record.device_share.expose(), kCardTimeout);
  if (!point.ok()) return complain("keyring secret not sealed", record.local_user, point.failure());
  add(vault, record,
      {{KeyringHolderKind::access_key, {}, generation, std::move(*point)},
       {KeyringHolderKind::recovery, {}, 0, to_bytes(recovery_public)}});
}

bool KeyringService::needs_generation(const login::EnrolmentRecord& record) const {
  if (!is_on() || !record.current.has_value()) return false;
  const auto file = context_.keyrings->load(record.local_user, record.user_id);
  if (!file.ok()) return false;
  return std::ranges::none_of(file->holders, [&](const KeyringHolder& holder) {
    return holder.recipient.kind == KeyringHolderKind::access_key &&
           holder.recipient.generation == record.current->generation;
  });
}

}  // namespace cardea::recoveryd
