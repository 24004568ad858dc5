// SPDX-License-Identifier: Apache-2.0
// What the two key files hold that can be rotated (docs/spec/server-keys.md): OPRF seeds, of which every one
// is kept as long as a record may need it, and the checkpoint key with the signatures that lead to it. A file
// of exactly 32 bytes is one that was never rotated. Read by server/secret_files, written by server/admin.
#pragma once

#include "core/api/checkpoint_key.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/secret.h"

namespace cardea::server {

struct OprfSeed {
  std::uint32_t number = 1;
  UnixSeconds created = 0;  // 0: not known
  SecretKey32 seed;
};

struct CheckpointKeys {
  struct Key {
    std::uint32_t number = 1;
    UnixSeconds created = 0;
    Bytes spki;
    Bytes signature;  // by the key before; empty for the first
  };
  std::vector<Key> keys;  // the last one is in use
  SecretKey32 seed;       // of the last one; nobody needs those of the others
};

// So many of each; a rotation beyond is refused.
inline constexpr std::size_t kMaxKeys = api::kMaxKeyHandovers + 1;

// key_invalid, or unknown_format for a newer one. Never an empty list; numbers go up by one.
Result<std::vector<OprfSeed>> read_oprf_seeds(ByteView file);
SecretBytes write_oprf_seeds(const std::vector<OprfSeed>& seeds);
// The same with another seed behind; limit_exceeded.
Status add_oprf_seed(std::vector<OprfSeed>& seeds, Random& random, UnixSeconds now);

// Also signature_invalid, when the keys do not follow each other up to the seed.
Result<CheckpointKeys> read_checkpoint_keys(ByteView file);
SecretBytes write_checkpoint_keys(const CheckpointKeys& keys);
CheckpointKeys first_checkpoint_key(const SecretKey32& seed, UnixSeconds created);
// The last key signs a new one, and is forgotten; limit_exceeded.
Result<CheckpointKeys> next_checkpoint_key(const CheckpointKeys& keys, Random& random, UnixSeconds now);
std::vector<api::KeyHandover> handovers_of(const CheckpointKeys& keys);

}  // namespace cardea::server
