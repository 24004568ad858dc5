// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/record_steps.h"

#include <algorithm>

#include "core/records/pairing.h"
#include "core/records/record_title.h"
#include "core/records/sealed_record.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {
namespace {

using records::RecordName;
using records::UserKey;

constexpr std::size_t kMaxRecordList = 60'000;  // what one private packet holds

RecordName take_name(ByteReader& in) {
  RecordName name;
  const ByteView id = in.bytes(name.id.size());
  std::copy(id.begin(), id.end(), name.id.begin());
  name.version = in.u32();
  return name;
}

Result<const UserKey*> key_of(const VaultState& vault, std::uint32_t epoch) {
  if (!vault.root) return fail(Error::message_not_permitted, "no root key");
  if (vault.root->epoch() == epoch) return &*vault.root;
  const auto found = vault.older.find(epoch);
  if (found == vault.older.end()) return fail(Error::holder_missing, "epoch " + std::to_string(epoch));
  return &found->second;
}

records::SealedRecord take_record(ByteReader& in) {
  records::SealedRecord record;
  record.name = take_name(in);
  record.epoch = in.u32();
  record.envelope = to_bytes(in.lp32());
  return record;
}

}  // namespace

Result<Bytes> record_seal(StepContext& context, ByteReader& in) {
  const RecordName name = take_name(in);
  if (!in.complete()) return Error::frame_malformed;
  const VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  TRY_ASSIGN(const SecretBytes* body, need_secret(vault, Purpose::record));
  if (!vault.root) return fail(Error::message_not_permitted, "no root key");
  TRY_ASSIGN(const records::SealedRecord sealed,
             records::seal_record(*vault.root, identity.user, name, body->expose(), context.random));
  return ByteBuilder().lp32(sealed.envelope).take();
}

Result<Bytes> record_open(StepContext& context, ByteReader& in) {
  const records::SealedRecord record = take_record(in);
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  TRY_ASSIGN(const UserKey* key, key_of(vault, record.epoch));
  vault.opened_record.reset();
  TRY_ASSIGN(vault.opened_record, records::open_record(*key, identity.user, record));
  return Bytes{};
}

Result<Bytes> record_rewrap(StepContext& context, ByteReader& in) {
  const records::SealedRecord record = take_record(in);
  if (!in.complete()) return Error::frame_malformed;
  const VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  TRY_ASSIGN(const UserKey* key, key_of(vault, record.epoch));
  TRY_ASSIGN(const records::SealedRecord wrapped,
             records::rewrap_record(*key, *vault.root, identity.user, record, context.random));
  return ByteBuilder().lp32(wrapped.envelope).take();
}

Result<Bytes> record_is_named(StepContext& context, ByteReader& in) {
  const std::string_view wanted = in.text();
  if (!in.complete()) return Error::frame_malformed;
  const VaultState& vault = *context.vault;
  if (!vault.opened_record) return fail(Error::message_not_permitted, "no opened record");
  const auto title = records::record_title(vault.opened_record->expose());
  return ByteBuilder().u8(title == wanted ? 1 : 0).take();
}

Result<Bytes> record_note(StepContext& context, ByteReader& in) {
  const std::string_view prefix = in.text();
  const std::string_view set = in.text();
  if (!in.complete()) return Error::frame_malformed;
  VaultState& vault = *context.vault;
  if (!vault.opened_record) return fail(Error::message_not_permitted, "no opened record");
  if (!set.empty() && records::record_set(vault.opened_record->expose()) != set)
    return ByteBuilder().u8(0).take();
  const std::string title = records::record_title(vault.opened_record->expose()).value_or("(no title)");
  const std::size_t size = vault.record_list.size() + prefix.size() + 2 + title.size() + 1;
  if (size > kMaxRecordList) return fail(Error::limit_exceeded, "the list is too long");
  SecretBytes longer(size);
  ByteWriter out(longer.expose_mutable());
  out.bytes(vault.record_list.expose());
  for (const std::string_view part :
       {prefix, std::string_view("  "), std::string_view(title), std::string_view("\n")})
    out.bytes(as_bytes(part));
  vault.record_list = std::move(longer);
  return ByteBuilder().u8(1).take();
}

Result<Bytes> pairing_seal(StepContext& context, ByteReader& in) {
  records::PairedBrowser browser;
  records::PairingGrant grant;
  if (!take_pairing(in, browser, grant) || !in.complete()) return Error::frame_malformed;
  const VaultState& vault = *context.vault;
  TRY_ASSIGN(const VaultIdentity identity, need_identity(vault));
  std::vector<const UserKey*> keys;
  if (grant.with_records) {
    if (!vault.root) return fail(Error::message_not_permitted, "no root key");
    keys.push_back(&*vault.root);
    for (auto older = vault.older.rbegin(); older != vault.older.rend(); ++older) {
      if (keys.size() < records::kMaxPairingKeys) keys.push_back(&older->second);
    }
  }
  TRY_ASSIGN(const Bytes answer,
             records::seal_pairing_answer(browser, identity.user, grant, keys, context.random));
  return ByteBuilder().lp(answer).take();
}

}  // namespace cardea::worker
