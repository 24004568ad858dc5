// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/password_hash.h"

namespace cardea::crypto {

Status check_argon2id_cost(Argon2idCost cost) {
  if (cost.memory_bytes < kArgon2idFloor.memory_bytes || cost.passes < kArgon2idFloor.passes)
    return Error::kdf_too_weak;
  if (cost.memory_bytes > kArgon2idCeiling.memory_bytes || cost.passes > kArgon2idCeiling.passes) {
    return Error::limit_exceeded;
  }
  return {};
}

}  // namespace cardea::crypto
