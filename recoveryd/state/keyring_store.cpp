// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/keyring_store.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/text.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {
namespace {

using records::KeyringHolderKind;

constexpr std::uint8_t kKeyringVersion = 1;
constexpr std::string_view kKeyringExtension = "keyring";
constexpr std::size_t kMaxPublicKey = 600;  // SubjectPublicKeyInfo of RSA-4096 is 550 bytes

template <std::size_t N>
void take_into(ByteReader& in, std::array<std::uint8_t, N>& out) {
  const ByteView bytes = in.bytes(N);
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

// Exactly what a kind has, so that one holder can be written in one way only.
bool is_well_formed(const KeyringHolder& holder) {
  const records::KeyringRecipient& to = holder.recipient;
  const bool sizes = !to.public_key.empty() && to.public_key.size() <= kMaxPublicKey &&
                     holder.envelope.size() <= records::kMaxKeyringEnvelope;
  const bool names_card = to.card != records::CardId{};
  switch (to.kind) {
    case KeyringHolderKind::card:
      return sizes && names_card && to.generation == 0;
    case KeyringHolderKind::access_key:
      return sizes && !names_card && to.generation != 0;
    case KeyringHolderKind::recovery:
      return sizes && !names_card && to.generation == 0;
  }
  return false;
}

}  // namespace

bool KeyringFile::has_secret() const {
  return std::ranges::any_of(holders, [](const KeyringHolder& holder) { return !holder.envelope.empty(); });
}

SecretBytes encode(const KeyringFile& file) {
  ByteBuilder out;
  out.u8(kKeyringVersion).raw(file.user).u8(static_cast<std::uint8_t>(file.holders.size()));
  for (const KeyringHolder& holder : file.holders) {
    out.u8(static_cast<std::uint8_t>(holder.recipient.kind)).raw(holder.recipient.card);
    out.u32(holder.recipient.generation).lp(holder.recipient.public_key).lp(holder.envelope);
  }
  return SecretBytes(ByteView(out.view()));
}

Result<KeyringFile> decode_keyring_file(ByteView body) {
  ByteReader in(body);
  if (in.u8() != kKeyringVersion) return fail(Error::unknown_format, "written by a newer version");
  KeyringFile file;
  take_into(in, file.user);
  const std::size_t count = in.u8();
  if (count > kMaxKeyringHolders) return fail(Error::corrupted, "too many holders");
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    KeyringHolder holder;
    holder.recipient.kind = static_cast<KeyringHolderKind>(in.u8());
    take_into(in, holder.recipient.card);
    holder.recipient.generation = in.u32();
    holder.recipient.public_key = to_bytes(in.lp());
    holder.envelope = to_bytes(in.lp());
    if (!in.good() || !is_well_formed(holder)) return fail(Error::corrupted, "not a holder of a keyring");
    file.holders.push_back(std::move(holder));
  }
  if (!in.complete()) return fail(Error::corrupted, "length does not match");
  return file;
}

Result<KeyringFile> KeyringStore::load(std::string_view user, const records::UserId& id) const {
  const std::lock_guard lock(mutex_);
  return load_locked(user, id);
}

Result<KeyringFile> KeyringStore::load_locked(std::string_view user, const records::UserId& id) const {
  KeyringFile empty;
  empty.user = id;
  if (!is_account_name(user)) return Error::not_enrolled;
  const std::string path = directory_.user_file(user, kKeyringExtension);
  const auto body = read_state(path, StateKind::keyring);
  if (!body.ok() && body.error() == Error::not_found) return empty;
  if (!body.ok()) return body.failure();
  auto file = decode_keyring_file(body->expose());
  if (!file.ok()) return fail(file.error(), path + ": " + file.failure().detail);
  return file->user == id ? std::move(file) : Result<KeyringFile>(std::move(empty));
}

Status KeyringStore::update(std::string_view user, const records::UserId& id, const Change& change) {
  const std::lock_guard lock(mutex_);
  TRY_ASSIGN(KeyringFile file, load_locked(user, id));
  const SecretBytes before = encode(file);
  TRY(change(file));
  if (file.holders.size() > kMaxKeyringHolders) return fail(Error::limit_exceeded, "holders of a keyring");
  const SecretBytes after = encode(file);
  if (before == after) return {};
  return write_state(directory_.user_file(user, kKeyringExtension), StateKind::keyring, after.expose());
}

}  // namespace cardea::recoveryd
