// SPDX-License-Identifier: Apache-2.0
// The user's root key UK_e and the way from the newest to the older ones (docs/spec/records.md, "Root key and
// epochs"). In clear only inside the card worker and recovery clients.
#pragma once

#include <span>

#include "core/base/random.h"
#include "core/records/identifiers.h"

namespace cardea::records {

// More than any person replaces cards; ends a walk along seals that a server invents.
inline constexpr std::uint32_t kMaxEpochSteps = 1024;

class UserKey {
 public:
  UserKey(SecretKey32 key, std::uint32_t epoch) noexcept : key_(std::move(key)), epoch_(epoch) {}
  // The key of a new user: epoch 1.
  static UserKey generate(Random& random) { return {random.secret<32>(), 1}; }
  // Of a plaintext that was opened: Error::corrupted unless it is 32 bytes and the epoch is not 0.
  static Result<UserKey> from_opened(const SecretBytes& opened, std::uint32_t epoch);

  // Error::limit_exceeded at the last u32.
  [[nodiscard]] Result<UserKey> next_epoch(Random& random) const;
  [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] const SecretKey32& secret() const noexcept { return key_; }
  [[nodiscard]] UserKey clone() const noexcept { return {key_.clone(), epoch_}; }
  friend bool operator==(const UserKey& a, const UserKey& b) noexcept {
    return a.epoch_ == b.epoch_ && a.key_ == b.key_;
  }

 private:
  SecretKey32 key_;
  std::uint32_t epoch_;
};

// Opens and seals the records of one epoch and nothing else (docs/spec/records.md, "Records key"): what may
// be lent to a browser.
SecretKey32 records_key(const UserKey& key, const UserId& user);

struct EpochSeal {
  std::uint32_t epoch = 0;  // of the key inside
  Bytes envelope;
};

// `older` under `newer`, whose epoch is the next one (else Error::invalid_argument).
Result<EpochSeal> seal_epoch(const UserKey& older, const UserKey& newer, const UserId& user, Random& random);
// The key one epoch before `newer`.
Result<UserKey> open_epoch(const EpochSeal& seal, const UserKey& newer, const UserId& user);
// The key of epoch `wanted` (not newer than `newest`), along `seals` in any order. Error::holder_missing when
// a seal is not there, Error::limit_exceeded over kMaxEpochSteps.
Result<UserKey> open_chain(const UserKey& newest, const UserId& user, std::span<const EpochSeal> seals,
                           std::uint32_t wanted);

}  // namespace cardea::records
