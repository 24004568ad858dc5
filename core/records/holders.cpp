// SPDX-License-Identifier: Apache-2.0
#include "core/records/holders.h"

#include <algorithm>

#include "core/crypto/envelope.h"
#include "core/crypto/signature.h"

namespace cardea::records {
namespace {

using crypto::Label;

struct KindEntry {
  HolderKind kind;
  const char* name;
  std::string_view object_type;
  Label label;
};
constexpr KindEntry kKinds[] = {
    {HolderKind::card, "card", "holder-card", "cardea/v1/holder-card"},
    {HolderKind::recovery, "recovery", "holder-recovery", "cardea/v1/holder-recovery"},
    {HolderKind::sheet, "sheet", "holder-sheet", "cardea/v1/holder-sheet"},
    {HolderKind::computer, "computer", "holder-computer", "cardea/v1/holder-computer"},
    {HolderKind::officer, "officer", "holder-officer", "cardea/v1/holder-officer"},
};
constexpr std::string_view kSheetRef = "sheet";

const KindEntry* find_kind(HolderKind kind) noexcept {
  const auto entry = std::ranges::find(kKinds, kind, &KindEntry::kind);
  return entry == std::end(kKinds) ? nullptr : entry;
}

// The identifier that a ref names: 32 bytes, none for the sheet.
Result<Bytes> ref_bytes(const Holder& holder) {
  if (holder.kind == HolderKind::sheet) {
    if (holder.ref != kSheetRef) return fail(Error::corrupted, "ref of a sheet holder");
    return Bytes{};
  }
  auto id = from_hex(holder.ref);
  if (!id.ok() || id->size() != 32 || to_hex(*id) != holder.ref)
    return fail(Error::corrupted, "ref of a holder");
  return id;
}

struct Sealing {
  Label label;
  Bytes context;
};

// `version`: the access-key generation of a computer holder, else 1.
Result<Sealing> sealing_of(const Holder& holder, const UserId& user, std::uint32_t version) {
  const KindEntry* entry = find_kind(holder.kind);
  if (entry == nullptr || holder.epoch == 0) return fail(Error::corrupted, "kind or epoch of a holder");
  TRY_ASSIGN(const Bytes id, ref_bytes(holder));
  return Sealing{entry->label, object_context(user, entry->object_type, id, version, holder.epoch)};
}

Result<Holder> seal_to_key(Holder holder, const UserKey& key, const UserId& user, ByteView wrap_spki,
                           Random& random) {
  TRY_ASSIGN(const Sealing sealing, sealing_of(holder, user, 1));
  TRY_ASSIGN(const crypto::PublicKey wrap, crypto::PublicKey::from_spki(wrap_spki));
  if (wrap.kind() == crypto::KeyKind::p256) {
    TRY_ASSIGN(const crypto::P256Point point, crypto::p256_point_from_spki(wrap_spki));
    TRY_ASSIGN(holder.envelope,
               crypto::hpke_seal(point, sealing.label, sealing.context, key.secret().expose(), random));
  } else {
    TRY_ASSIGN(holder.envelope,
               crypto::rsa_seal(wrap_spki, sealing.label, sealing.context, key.secret().expose(), random));
  }
  return holder;
}

Result<Holder> seal_under(Holder holder, const UserKey& key, const UserId& user, std::uint32_t version,
                          ByteView secret, Random& random) {
  TRY_ASSIGN(const Sealing sealing, sealing_of(holder, user, version));
  TRY_ASSIGN(holder.envelope,
             crypto::seal(secret, sealing.label, sealing.context, key.secret().expose(), random));
  return holder;
}

Result<UserKey> open_under(const Holder& holder, HolderKind kind, const UserId& user, std::uint32_t version,
                           ByteView secret) {
  if (holder.kind != kind) return fail(Error::decrypt_failed, "a holder of another kind");
  TRY_ASSIGN(const Sealing sealing, sealing_of(holder, user, version));
  TRY_ASSIGN(const SecretBytes opened, crypto::open(secret, sealing.label, sealing.context, holder.envelope));
  return UserKey::from_opened(opened, holder.epoch);
}

bool is_card_kind(HolderKind kind) noexcept {
  return kind == HolderKind::card || kind == HolderKind::officer;
}

SecretArray<96> recovery_secret(const ExportKey& export_b, const access_key::DeviceShare& share) {
  SecretArray<96> secret;
  std::ranges::copy(export_b.expose(), secret.expose_mutable().begin());
  std::ranges::copy(share.expose(), secret.expose_mutable().begin() + 64);
  return secret;
}

}  // namespace

const char* holder_kind_name(HolderKind kind) noexcept {
  const KindEntry* entry = find_kind(kind);
  return entry == nullptr ? "unknown" : entry->name;
}

Result<HolderKind> parse_holder_kind(std::string_view name) {
  for (const KindEntry& entry : kKinds) {
    if (name == entry.name) return entry.kind;
  }
  return fail(Error::unknown_format, "kind of a holder");
}

Status check_holder(const Holder& holder) {
  TRY(sealing_of(holder, {}, 1));
  if (holder.envelope.empty() || holder.envelope.size() > kMaxHolderEnvelope) {
    return fail(Error::corrupted, "size of a holder");
  }
  return {};
}

Result<Holder> seal_for_card(const UserKey& key, const UserId& user, const CardId& card, ByteView wrap_spki,
                             Random& random) {
  return seal_to_key({HolderKind::card, to_hex(card), key.epoch(), {}}, key, user, wrap_spki, random);
}

Result<Holder> seal_for_officer(const UserKey& key, const UserId& user, const CardId& officer,
                                ByteView wrap_spki, Random& random) {
  return seal_to_key({HolderKind::officer, to_hex(officer), key.epoch(), {}}, key, user, wrap_spki, random);
}

Result<Holder> seal_for_recovery(const UserKey& key, const UserId& user, const ComputerId& computer,
                                 const ExportKey& export_b, const access_key::DeviceShare& share,
                                 Random& random) {
  const auto secret = recovery_secret(export_b, share);
  return seal_under({HolderKind::recovery, to_hex(computer), key.epoch(), {}}, key, user, 1, secret.expose(),
                    random);
}

Result<Holder> seal_for_sheet(const UserKey& key, const UserId& user, const SheetCode& code, Random& random) {
  return seal_under({HolderKind::sheet, std::string(kSheetRef), key.epoch(), {}}, key, user, 1, code.expose(),
                    random);
}

Result<Holder> seal_for_computer(const UserKey& key, const UserId& user, const ComputerId& computer,
                                 std::uint32_t generation, const access_key::LocalSecret& secret,
                                 Random& random) {
  return seal_under({HolderKind::computer, to_hex(computer), key.epoch(), {}}, key, user, generation,
                    secret.expose(), random);
}

Result<UserKey> open_with_card(const Holder& holder, const UserId& user, const crypto::DhFunction& dh,
                               ByteView wrap_point) {
  if (!is_card_kind(holder.kind)) return fail(Error::decrypt_failed, "not a card's holder");
  TRY_ASSIGN(const Sealing sealing, sealing_of(holder, user, 1));
  TRY_ASSIGN(const SecretBytes opened,
             crypto::hpke_open(dh, wrap_point, sealing.label, sealing.context, holder.envelope));
  return UserKey::from_opened(opened, holder.epoch);
}

Result<UserKey> open_with_card(const Holder& holder, const UserId& user,
                               const crypto::RsaDecryptFunction& decrypt) {
  if (!is_card_kind(holder.kind)) return fail(Error::decrypt_failed, "not a card's holder");
  TRY_ASSIGN(const Sealing sealing, sealing_of(holder, user, 1));
  TRY_ASSIGN(const SecretBytes opened,
             crypto::rsa_open(decrypt, sealing.label, sealing.context, holder.envelope));
  return UserKey::from_opened(opened, holder.epoch);
}

Result<UserKey> open_with_recovery(const Holder& holder, const UserId& user, const ExportKey& export_b,
                                   const access_key::DeviceShare& share) {
  const auto secret = recovery_secret(export_b, share);
  return open_under(holder, HolderKind::recovery, user, 1, secret.expose());
}

Result<UserKey> open_with_sheet(const Holder& holder, const UserId& user, const SheetCode& code) {
  return open_under(holder, HolderKind::sheet, user, 1, code.expose());
}

Result<UserKey> open_with_computer(const Holder& holder, const UserId& user, std::uint32_t generation,
                                   const access_key::LocalSecret& secret) {
  return open_under(holder, HolderKind::computer, user, generation, secret.expose());
}

}  // namespace cardea::records
