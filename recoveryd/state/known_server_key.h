// SPDX-License-Identifier: Apache-2.0
// The key with which the server of this computer's guests signs: learned once, kept (docs/spec/guests.md,
// "Whose word"). Another one is not believed unless the known one has signed it, or root removes the file.
#pragma once

#include <mutex>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "recoveryd/state/state_directory.h"

namespace cardea::recoveryd {

class KnownServerKey {
 public:
  explicit KnownServerKey(const StateDirectory& directory) : path_(directory.file("guest-key")) {}
  // SubjectPublicKeyInfo. Error::not_found only when there is none yet.
  [[nodiscard]] Result<Bytes> read() const;
  // Durable when it returns. Error::already_exists when another one is known than `spki` and `instead_of`:
  // the key that, by its own signature, leads to the new one.
  Status keep(ByteView spki, ByteView instead_of = {});

 private:
  [[nodiscard]] Result<Bytes> read_locked() const;
  std::string path_;
  mutable std::mutex mutex_;
};

}  // namespace cardea::recoveryd
