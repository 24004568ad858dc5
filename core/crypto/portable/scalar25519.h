// SPDX-License-Identifier: Apache-2.0
// Numbers modulo L = 2^252 + 27742317777372353535851937790883648493, the order of ristretto255 and of the
// main subgroup of edwards25519 (RFC 9496 section 4.4), in constant time. Little-endian.
#pragma once

#include <array>
#include <span>

#include "core/crypto/portable/constant_time.h"

namespace cardea::crypto::portable {

using ScalarBytes = std::array<std::uint8_t, 32>;
inline constexpr ScalarBytes kOrderBytes{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                         0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                         0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

// Any 64 bytes modulo L.
void scalar_reduce(std::span<const std::uint8_t, 64> wide, std::span<std::uint8_t, 32> out) noexcept;
// 1 / scalar modulo L; zero gives zero.
void scalar_invert(std::span<const std::uint8_t, 32> scalar, std::span<std::uint8_t, 32> out) noexcept;

}  // namespace cardea::crypto::portable
