// SPDX-License-Identifier: Apache-2.0
// The sealed copies of each user's keyring secret, one file a user (docs/spec/keyring.md): public keys and
// ciphertext. Durable when a call returns. Used by keyring_service.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/records/keyring.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

// Cards of a user, generations that are or may become current, and the recovery key.
inline constexpr std::size_t kMaxKeyringHolders = 32;

struct KeyringHolder {
  records::KeyringRecipient recipient;
  Bytes envelope;  // empty: the recipient is known, and the secret not yet sealed to him
};

struct KeyringFile {
  records::UserId user{};
  std::vector<KeyringHolder> holders;
  // Whether there is a secret at all.
  [[nodiscard]] bool has_secret() const;
};

SecretBytes encode(const KeyringFile& file);
// Error::corrupted, unknown_format.
Result<KeyringFile> decode_keyring_file(ByteView body);

class KeyringStore {
 public:
  explicit KeyringStore(const StateDirectory& directory) : directory_(directory) {}
  // A user who has no file, or one of another server's user of this name, has an empty one.
  Result<KeyringFile> load(std::string_view user, const records::UserId& id) const;
  // Reads, changes and writes one file while no other thread does; `change` may refuse. Nothing is written
  // when nothing has changed.
  using Change = std::function<Status(KeyringFile&)>;
  Status update(std::string_view user, const records::UserId& id, const Change& change);

 private:
  Result<KeyringFile> load_locked(std::string_view user, const records::UserId& id) const;
  const StateDirectory& directory_;
  mutable std::mutex mutex_;
};

}  // namespace cardea::recoveryd
