// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/root_steps.h"

#include <algorithm>

#include "core/access_key/grouped_code.h"
#include "core/card/key_use.h"
#include "core/records/recovery_key.h"
#include "recoveryd/card_worker/card_steps.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {
namespace {

using records::Holder;
using records::UserKey;

// The 32 bytes of a card or computer id from its hex form.
Result<std::array<std::uint8_t, 32>> id_of(std::string_view ref) {
  TRY_ASSIGN(const Bytes bytes, from_hex(ref));
  std::array<std::uint8_t, 32> id{};
  if (bytes.size() != id.size()) return fail(Error::invalid_argument, "holder ref");
  std::copy(bytes.begin(), bytes.end(), id.begin());
  return id;
}

Result<access_key::DeviceShare> share_of(const HolderParameters& parameters) {
  return access_key::DeviceShare::from(parameters.device_share);
}

Result<UserKey> open_with_vault_card(StepContext& context, const Holder& holder, const UserId& user) {
  TRY_ASSIGN(BoundCard * card, open_card(context));
  card::TokenSession& session = *card->session;
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(card->info.wrap_spki));
  if (key.kind() == crypto::KeyKind::rsa) {
    return records::open_with_card(holder, user,
                                   [&](ByteView text) { return card::wrap_rsa_decrypt(session, text); });
  }
  TRY_ASSIGN(const auto point, crypto::p256_point_from_spki(card->info.wrap_spki));
  return records::open_with_card(
      holder, user, [&](ByteView peer) { return card::wrap_dh(session, peer); }, point);
}

Result<UserKey> open_holder(StepContext& context, const Holder& holder, const UserId& user,
                            const HolderParameters& parameters) {
  const VaultState& vault = *context.vault;
  switch (holder.kind) {
    case HolderKind::card:
    case HolderKind::officer:
      return open_with_vault_card(context, holder, user);
    case HolderKind::recovery: {
      if (!vault.export_b) return missing("no login with record B");
      TRY_ASSIGN(const auto share, share_of(parameters));
      return records::open_with_recovery(holder, user, *vault.export_b, share);
    }
    case HolderKind::sheet: {
      if (!vault.sheet) return missing("no sheet code");
      return records::open_with_sheet(holder, user, *vault.sheet);
    }
    case HolderKind::computer: {
      TRY_ASSIGN(const auto root, access_key::AccessKey::from(parameters.chain_root));
      TRY_ASSIGN(const auto share, share_of(parameters));
      return records::open_with_computer(holder, user, parameters.generation,
                                         access_key::local_secret(root, share));
    }
  }
  return Error::invalid_argument;
}

Result<Holder> make_holder(StepContext& context, HolderKind kind, std::string_view ref, const UserId& user,
                           const HolderParameters& parameters) {
  VaultState& vault = *context.vault;
  const UserKey& root = *vault.root;
  if (kind == HolderKind::sheet) {
    if (!vault.sheet) vault.sheet = records::make_sheet_code(context.random);
    return records::seal_for_sheet(root, user, *vault.sheet, context.random);
  }
  TRY_ASSIGN(const auto id, id_of(ref));
  if (kind == HolderKind::card)
    return records::seal_for_card(root, user, id, parameters.wrap_spki, context.random);
  if (kind == HolderKind::officer)
    return records::seal_for_officer(root, user, id, parameters.wrap_spki, context.random);
  TRY_ASSIGN(const auto share, share_of(parameters));
  if (kind == HolderKind::recovery) {
    if (!vault.export_b) return missing("no password and answer");
    return records::seal_for_recovery(root, user, id, *vault.export_b, share, context.random);
  }
  if (!vault.chain || vault.chain->whose.computer != id) return missing("no chain of this computer");
  return records::seal_for_computer(root, user, id, vault.chain->whose.generation,
                                    access_key::local_secret(vault.chain->root, share), context.random);
}

bool is_kind(std::uint8_t number) { return number >= 1 && number <= 5; }

}  // namespace

Result<Bytes> root_create(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  // A second one would orphan what the first has sealed.
  if (context.vault->root) return missing("there is a root key");
  context.vault->root = UserKey::generate(context.random);
  return Bytes{};
}

Result<Bytes> root_open(StepContext& context, ByteReader& in) {
  const std::uint8_t kind = in.u8();
  Holder holder;
  holder.ref = std::string(in.text());
  holder.epoch = in.u32();
  holder.envelope = to_bytes(in.lp());
  const HolderParameters parameters = take_parameters(in);
  if (!in.complete() || !is_kind(kind)) return Error::frame_malformed;
  holder.kind = static_cast<HolderKind>(kind);
  // The sheet's only ref is "sheet"; callers may leave it empty.
  if (holder.kind == HolderKind::sheet && holder.ref.empty()) holder.ref = "sheet";
  TRY_ASSIGN(const VaultIdentity identity, need_identity(*context.vault));
  TRY(records::check_holder(holder));
  TRY_ASSIGN(UserKey key, open_holder(context, holder, identity.user, parameters));
  context.vault->root = std::move(key);
  context.vault->older.clear();
  return Bytes{};
}

Result<Bytes> holder_seal(StepContext& context, ByteReader& in) {
  const std::uint8_t kind = in.u8();
  const std::string ref(in.text());
  const HolderParameters parameters = take_parameters(in);
  if (!in.complete() || !is_kind(kind)) return Error::frame_malformed;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(*context.vault));
  if (!context.vault->root) return missing("no root key");
  TRY_ASSIGN(const Holder holder,
             make_holder(context, static_cast<HolderKind>(kind), ref, identity.user, parameters));
  return ByteBuilder().lp(holder.envelope).take();
}

Result<Bytes> epoch_advance(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  if (!vault.root) return missing("no root key");
  TRY_ASSIGN(UserKey newer, vault.root->next_epoch(context.random));
  TRY_ASSIGN(const records::EpochSeal seal,
             records::seal_epoch(*vault.root, newer, identity.user, context.random));
  vault.older.insert_or_assign(vault.root->epoch(), vault.root->clone());
  vault.root = std::move(newer);
  return ByteBuilder().u32(vault.root->epoch()).lp(seal.envelope).take();
}

Result<Bytes> open_epoch_seals(StepContext& context, ByteReader& in) {
  const std::uint16_t count = in.u16();
  std::vector<records::EpochSeal> seals;
  for (std::uint16_t i = 0; i < count && in.good(); ++i) {
    records::EpochSeal seal;
    seal.epoch = in.u32();
    seal.envelope = to_bytes(in.lp());
    seals.push_back(std::move(seal));
  }
  if (!in.complete() || count > kMaxEpochSeals) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  if (!vault.root) return missing("no root key");
  std::sort(seals.begin(), seals.end(), [](const auto& a, const auto& b) { return a.epoch > b.epoch; });
  // Step by step from the newest: each key opens the one before it.
  UserKey newer = vault.root->clone();
  for (const records::EpochSeal& seal : seals) {
    if (seal.epoch >= newer.epoch()) continue;  // of a key that is known
    if (seal.epoch + 1 != newer.epoch())
      return fail(Error::holder_missing, "epoch " + std::to_string(newer.epoch() - 1));
    TRY_ASSIGN(UserKey older, records::open_epoch(seal, newer, identity.user));
    vault.older.insert_or_assign(older.epoch(), older.clone());
    newer = std::move(older);
  }
  return Bytes{};
}

Result<Bytes> recovery_key_create(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  if (!vault.export_b) return missing("no password and answer");
  crypto::P256KeyPair key = crypto::P256KeyPair::generate(context.random);
  TRY_ASSIGN(const Bytes seal,
             records::seal_recovery_key(key, identity.user, *vault.export_b, context.random));
  const crypto::P256Point point = key.point();
  vault.recovery = std::move(key);
  return ByteBuilder().lp(point).lp(seal).take();
}

Result<Bytes> recovery_key_open(StepContext& context, ByteReader& in) {
  const ByteView seal = in.lp();
  const ByteView recovery_public = in.lp();
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  if (!vault.export_b) return missing("no login with record B");
  TRY_ASSIGN(vault.recovery,
             records::open_recovery_key(seal, identity.user, *vault.export_b, recovery_public));
  return Bytes{};
}

Result<Bytes> sheet_check(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  if (!context.vault->sheet) return missing("no sheet code");
  return records::sheet_check(*context.vault->sheet);
}

Result<Bytes> sheet_group(StepContext& context, ByteReader& in) {
  const std::uint8_t group = in.u8();
  if (!in.complete() || group < 1 || group > records::kSheetCodeGroups) return Error::frame_malformed;
  if (!context.vault->sheet) return missing("no sheet code");
  TRY_ASSIGN(const SecretBytes* typed, need_secret(*context.vault, Purpose::sheet_group));
  const bool fits = access_key::is_group_of(context.vault->sheet->expose(), group, typed->expose());
  return ByteBuilder().u8(fits ? 1 : 0).take();
}

}  // namespace cardea::worker
