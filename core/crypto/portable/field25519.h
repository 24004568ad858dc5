// SPDX-License-Identifier: Apache-2.0
// The field of 2^255 - 19, in constant time: no branch and no address depends on a value.
#pragma once

#include <array>
#include <span>

#include "core/crypto/portable/constant_time.h"

namespace cardea::crypto::portable {

// limb[0] + limb[1] 2^51 + ... + limb[4] 2^204, each limb below 2^51 + 2^13 after every function of this
// page.
struct Field {
  std::array<std::uint64_t, 5> limb{};
};

using FieldBytes = std::array<std::uint8_t, 32>;  // little-endian

inline constexpr Field kZero{};
inline constexpr Field kOne{{1, 0, 0, 0, 0}};
// RFC 9496 section 4.1; the root of -1 that is not negative.
inline constexpr Field kSqrtM1{
    {0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};

// Takes 255 bits, whose value need not be below p; the highest bit is not looked at.
Field field_from_bytes(std::span<const std::uint8_t, 32> bytes) noexcept;
// The one encoding below p.
FieldBytes field_to_bytes(const Field& a) noexcept;

Field operator+(const Field& a, const Field& b) noexcept;
Field operator-(const Field& a, const Field& b) noexcept;
Field operator-(const Field& a) noexcept;
Field operator*(const Field& a, const Field& b) noexcept;
Field square(const Field& a) noexcept;

Field select(Mask mask, const Field& yes, const Field& no) noexcept;
Mask is_zero(const Field& a) noexcept;
Mask equal(const Field& a, const Field& b) noexcept;
Mask is_negative(const Field& a) noexcept;  // RFC 9496 section 4.1: the lowest bit of the encoding
Field absolute(const Field& a) noexcept;
Field negate_if(Mask mask, const Field& a) noexcept;

// SQRT_RATIO_M1 of RFC 9496 section 4.2.
struct Root {
  Mask was_square;
  Field root;  // not negative
};
Root sqrt_ratio_m1(const Field& u, const Field& v) noexcept;

}  // namespace cardea::crypto::portable
