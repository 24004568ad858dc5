// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/gcrypt/library.h"
#include "core/crypto/password_hash.h"
#include "core/crypto/require.h"

namespace cardea::crypto {

Result<SecretBytes> argon2id(ByteView password, std::span<const std::uint8_t, 16> salt, Argon2idCost cost,
                             std::size_t size) {
  TRY(check_argon2id_cost(cost));
  if (size < 16 || size > 64) return Error::invalid_argument;
  if (password.size() > 0xffff) return Error::limit_exceeded;
  gcrypt::initialise();
  // Tag length, passes, memory in KiB, lanes. The ceiling keeps each within 32 bits, which is a long on
  // Windows.
  const unsigned long parameters[] = {static_cast<unsigned long>(size), cost.passes,
                                      static_cast<unsigned long>(cost.memory_bytes / 1024), 1};
  static constexpr std::uint8_t kNothing = 0;
  gcry_kdf_hd_t handle = nullptr;
  // The memory of the passes is taken here.
  if (gcry_kdf_open(&handle, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2ID, parameters, std::size(parameters),
                    password.empty() ? &kNothing : password.data(), password.size(), salt.data(), salt.size(),
                    nullptr, 0, nullptr, 0) != 0) {
    return Error::out_of_memory;
  }
  const gcrypt::Kdf context(handle);
  SecretBytes out(size);
  require(gcry_kdf_compute(handle, nullptr) == 0 &&
          gcry_kdf_final(handle, out.size(), out.expose_mutable().data()) == 0);
  return out;
}

}  // namespace cardea::crypto
