// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/vault_steps.h"

#include <algorithm>

#include "core/crypto/password_input.h"
#include "core/records/recovery_key.h"
#include "core/records/sealed_record.h"
#include "recoveryd/card_worker/private_channel.h"

namespace cardea::worker {
namespace {

// docs/spec/worker-protocol.md, Secrets
constexpr std::size_t kMaxCardSecret = 64;
constexpr std::size_t kMaxSheetText = 256;
constexpr std::size_t kMaxSheetGroup = 64;

// 0 for a purpose that does not exist.
std::size_t limit_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::pin:
    case Purpose::new_pin:
    case Purpose::puk:
      return kMaxCardSecret;
    case Purpose::password:
      return crypto::kMaxPassword;
    case Purpose::question:
      return records::kMaxQuestion;
    case Purpose::answer:
      return crypto::kMaxAnswer;
    case Purpose::sheet_code:
      return kMaxSheetText;
    case Purpose::sheet_group:
      return kMaxSheetGroup;
    case Purpose::record:
      return records::kMaxRecordBody;
    case Purpose::record_list:  // are never collected
    case Purpose::access_key:
      break;
  }
  return 0;
}

}  // namespace

Result<VaultIdentity> need_identity(const VaultState& vault) {
  if (!vault.identity) return fail(Error::message_not_permitted, "no identity");
  return *vault.identity;
}

Result<const SecretBytes*> need_secret(const VaultState& vault, Purpose purpose) {
  const auto found = vault.secrets.find(purpose);
  if (found == vault.secrets.end()) return fail(Error::message_not_permitted, "a secret was not collected");
  return &found->second;
}

Result<Bytes> vault_open(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  context.vault.emplace();
  return Bytes{};
}

Result<Bytes> vault_close(StepContext& context, ByteReader& in) {
  if (!in.complete()) return Error::frame_malformed;
  const auto opened = context.vault->card;
  context.vault.reset();
  if (opened) {
    context.after = [&cards = context.cards, insertion = *opened] {
      if (BoundCard* const card = cards.find(insertion); card != nullptr) cards.lock(*card);
    };
  }
  return Bytes{};
}

Result<Bytes> set_identity(StepContext& context, ByteReader& in) {
  VaultIdentity identity;
  const ByteView user = in.bytes(identity.user.size());
  const ByteView computer = in.bytes(identity.computer.size());
  if (!in.complete()) return Error::frame_malformed;
  std::copy(user.begin(), user.end(), identity.user.begin());
  std::copy(computer.begin(), computer.end(), identity.computer.begin());
  // Once: what was made for one user must not be sealed for another.
  if (context.vault->identity) return fail(Error::message_not_permitted, "identity is set");
  context.vault->identity = identity;
  return Bytes{};
}

Result<Bytes> collect(StepContext& context, ByteReader& in) {
  const auto purpose = static_cast<Purpose>(in.u8());
  const std::size_t limit = limit_of(purpose);
  if (!in.complete() || limit == 0) return Error::frame_malformed;
  TRY_ASSIGN(SecretBytes secret, read_secret(context.fd, limit));
  if (purpose == Purpose::sheet_code) {
    TRY_ASSIGN(context.vault->sheet, records::parse_sheet_code(secret.expose()));
    return Bytes{};
  }
  context.vault->secrets.insert_or_assign(purpose, std::move(secret));
  return Bytes{};
}

Result<Bytes> reveal(StepContext& context, ByteReader& in) {
  const auto purpose = static_cast<Purpose>(in.u8());
  if (!in.complete()) return Error::frame_malformed;
  if (purpose == Purpose::sheet_code) {
    if (!context.vault->sheet) return fail(Error::message_not_permitted, "no sheet code");
    TRY(write_revealed(context.fd, records::format_sheet_code(*context.vault->sheet)));
  } else if (purpose == Purpose::record) {
    if (!context.vault->opened_record) return fail(Error::message_not_permitted, "no opened record");
    TRY(write_revealed(context.fd, *context.vault->opened_record));
  } else if (purpose == Purpose::record_list) {
    TRY(write_revealed(context.fd, context.vault->record_list));
  } else if (purpose == Purpose::access_key) {
    if (!context.vault->opened_key) return fail(Error::message_not_permitted, "no opened access key");
    TRY(write_revealed(context.fd, *context.vault->opened_key));
  } else {
    return Error::frame_malformed;
  }
  return Bytes{};
}

}  // namespace cardea::worker
