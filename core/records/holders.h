// SPDX-License-Identifier: Apache-2.0
// The sealed copies of the root key, one for each way to get at it (docs/spec/records.md, "Holders"). Made by
// the card worker and recovery clients, stored by the server, the card and the computer.
#pragma once

#include <string>

#include "core/access_key/access_key_chain.h"
#include "core/crypto/hpke.h"
#include "core/crypto/rsa.h"
#include "core/records/root_key.h"
#include "core/records/sheet_code.h"

namespace cardea::records {

enum class HolderKind : std::uint8_t { card = 1, recovery = 2, sheet = 3, computer = 4, officer = 5 };

const char* holder_kind_name(HolderKind kind) noexcept;  // "card", ... as in the API
Result<HolderKind> parse_holder_kind(std::string_view name);

inline constexpr std::size_t kMaxHolderEnvelope = 1024;  // an RSA-4096 card's is 642 bytes

struct Holder {
  HolderKind kind = HolderKind::card;
  std::string ref;  // what the server files it under
  std::uint32_t epoch = 0;
  Bytes envelope;
};

// Error::corrupted unless ref, epoch and size are as the kind has them. For holders that come from outside.
Status check_holder(const Holder& holder);

using ExportKey = SecretArray<64>;  // OPAQUE's export key

// `wrap_spki`: P-256 (HPKE) or RSA; else Error::key_invalid.
Result<Holder> seal_for_card(const UserKey& key, const UserId& user, const CardId& card, ByteView wrap_spki,
                             Random& random);
Result<Holder> seal_for_officer(const UserKey& key, const UserId& user, const CardId& officer,
                                ByteView wrap_spki, Random& random);
Result<Holder> seal_for_recovery(const UserKey& key, const UserId& user, const ComputerId& computer,
                                 const ExportKey& export_b, const access_key::DeviceShare& share,
                                 Random& random);
Result<Holder> seal_for_sheet(const UserKey& key, const UserId& user, const SheetCode& code, Random& random);
Result<Holder> seal_for_computer(const UserKey& key, const UserId& user, const ComputerId& computer,
                                 std::uint32_t generation, const access_key::LocalSecret& secret,
                                 Random& random);

// Who opens. Each fails with Error::decrypt_failed for a holder of another user, kind, ref or epoch, and with
// the card's own error when the card fails. The card kind serves officers, too.
Result<UserKey> open_with_card(const Holder& holder, const UserId& user, const crypto::DhFunction& dh,
                               ByteView wrap_point);
Result<UserKey> open_with_card(const Holder& holder, const UserId& user,
                               const crypto::RsaDecryptFunction& decrypt);
Result<UserKey> open_with_recovery(const Holder& holder, const UserId& user, const ExportKey& export_b,
                                   const access_key::DeviceShare& share);
Result<UserKey> open_with_sheet(const Holder& holder, const UserId& user, const SheetCode& code);
Result<UserKey> open_with_computer(const Holder& holder, const UserId& user, std::uint32_t generation,
                                   const access_key::LocalSecret& secret);

}  // namespace cardea::records
