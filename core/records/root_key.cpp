// SPDX-License-Identifier: Apache-2.0
#include "core/records/root_key.h"

#include <algorithm>
#include <limits>

#include "core/crypto/envelope.h"
#include "core/crypto/kdf.h"

namespace cardea::records {
namespace {

constexpr crypto::Label kEpochSealLabel = "cardea/v1/epoch-seal";
constexpr crypto::Label kRecordsKeyLabel = "cardea/v1/wrap-records";

Bytes seal_context(const UserId& user, std::uint32_t epoch) {
  return object_context(user, "epoch", {}, 1, epoch);
}

}  // namespace

Result<UserKey> UserKey::from_opened(const SecretBytes& opened, std::uint32_t epoch) {
  auto key = SecretKey32::from(opened.expose());
  if (!key.ok() || epoch == 0) return fail(Error::corrupted, "not a root key");
  return UserKey(std::move(key).value(), epoch);
}

Result<UserKey> UserKey::next_epoch(Random& random) const {
  if (epoch_ == std::numeric_limits<std::uint32_t>::max())
    return fail(Error::limit_exceeded, "no epoch left");
  return UserKey(random.secret<32>(), epoch_ + 1);
}

SecretKey32 records_key(const UserKey& key, const UserId& user) {
  return crypto::derive_key(key.secret().expose(), kRecordsKeyLabel,
                            object_context(user, "records", {}, 1, key.epoch()));
}

Result<EpochSeal> seal_epoch(const UserKey& older, const UserKey& newer, const UserId& user, Random& random) {
  if (newer.epoch() - 1 != older.epoch() || newer.epoch() == 0) return Error::invalid_argument;
  TRY_ASSIGN(Bytes envelope,
             crypto::seal(newer.secret().expose(), kEpochSealLabel, seal_context(user, older.epoch()),
                          older.secret().expose(), random));
  return EpochSeal{older.epoch(), std::move(envelope)};
}

Result<UserKey> open_epoch(const EpochSeal& seal, const UserKey& newer, const UserId& user) {
  if (seal.epoch == 0 || newer.epoch() - 1 != seal.epoch) return Error::decrypt_failed;
  TRY_ASSIGN(const SecretBytes opened, crypto::open(newer.secret().expose(), kEpochSealLabel,
                                                    seal_context(user, seal.epoch), seal.envelope));
  return UserKey::from_opened(opened, seal.epoch);
}

Result<UserKey> open_chain(const UserKey& newest, const UserId& user, std::span<const EpochSeal> seals,
                           std::uint32_t wanted) {
  if (wanted == 0 || wanted > newest.epoch()) return fail(Error::holder_missing, "no key of that epoch yet");
  if (newest.epoch() - wanted > kMaxEpochSteps) return fail(Error::limit_exceeded, "too many epochs back");
  UserKey key = newest.clone();
  while (key.epoch() > wanted) {
    const auto seal = std::ranges::find(seals, key.epoch() - 1, &EpochSeal::epoch);
    if (seal == seals.end()) {
      return fail(Error::holder_missing, "no seal of epoch " + std::to_string(key.epoch() - 1));
    }
    TRY_ASSIGN(key, open_epoch(*seal, key, user));
  }
  return key;
}

}  // namespace cardea::records
