// SPDX-License-Identifier: Apache-2.0
// SHA-2 and HMAC, for everything that is named, chained or authenticated by a hash. Called by all folders
// above core/base. The parts are hashed one after another, as if they were one message: where their borders
// matter the caller writes lengths (ByteBuilder::lp). None of these can fail on valid memory; a library that
// fails here ends the process, because a missing hash must not read as a known value.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "core/base/bytes.h"

namespace cardea::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;
using Sha512Digest = std::array<std::uint8_t, 64>;
using ByteParts = std::initializer_list<ByteView>;

Sha256Digest sha256(ByteParts parts);
Sha512Digest sha512(ByteParts parts);
// For tags. Compare them with equal_constant_time only.
Sha256Digest hmac_sha256(ByteView key, ByteParts parts);
Sha512Digest hmac_sha512(ByteView key, ByteParts parts);
// For keys: the result goes straight into memory that the caller wipes. `out` may be a SecretArray's.
void sha512_into(ByteParts parts, std::span<std::uint8_t, 64> out);
void hmac_sha256_into(ByteView key, ByteParts parts, std::span<std::uint8_t, 32> out);
void hmac_sha512_into(ByteView key, ByteParts parts, std::span<std::uint8_t, 64> out);

}  // namespace cardea::crypto
