// SPDX-License-Identifier: Apache-2.0
// Argon2id (RFC 9106, version 0x13, one lane) for what a person can remember. Called by the OPAQUE client and
// for the passphrase of a recovery medium.
#pragma once

#include "core/base/secret.h"

namespace cardea::crypto {

struct Argon2idCost {
  std::uint64_t memory_bytes = 0;
  std::uint32_t passes = 0;
  friend bool operator==(const Argon2idCost&, const Argon2idCost&) = default;
};

// Second recommended choice of RFC 9106 section 4, the least that is accepted from anybody.
inline constexpr Argon2idCost kArgon2idFloor{std::uint64_t{64} << 20, 3};
// A server must not be able to exhaust a client either.
inline constexpr Argon2idCost kArgon2idCeiling{std::uint64_t{1} << 30, 16};

// Below the floor: Error::kdf_too_weak. Above the ceiling: Error::limit_exceeded.
Status check_argon2id_cost(Argon2idCost cost);
// `size` is 16 to 64 bytes, `password` at most 64 KiB. Error::out_of_memory when the memory is not to be had.
Result<SecretBytes> argon2id(ByteView password, std::span<const std::uint8_t, 16> salt, Argon2idCost cost,
                             std::size_t size);

}  // namespace cardea::crypto
