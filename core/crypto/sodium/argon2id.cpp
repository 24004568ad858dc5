// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>

#include "core/crypto/password_hash.h"
#include "core/crypto/require.h"

namespace cardea::crypto {

Result<SecretBytes> argon2id(ByteView password, std::span<const std::uint8_t, 16> salt, Argon2idCost cost,
                             std::size_t size) {
  static_assert(crypto_pwhash_argon2id_SALTBYTES == 16);
  TRY(check_argon2id_cost(cost));
  if (size < 16 || size > 64) return Error::invalid_argument;
  if (password.size() > 0xffff) return Error::limit_exceeded;
  require(sodium_init() >= 0);
  SecretBytes out(size);
  const std::string_view text = as_text(password);
  if (crypto_pwhash_argon2id(out.expose_mutable().data(), out.size(), text.data(), text.size(), salt.data(),
                             cost.passes, static_cast<std::size_t>(cost.memory_bytes),
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
    return Error::out_of_memory;
  }
  return out;
}

}  // namespace cardea::crypto
