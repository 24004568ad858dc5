// SPDX-License-Identifier: Apache-2.0
// Points of edwards25519 in extended coordinates, in constant time. The formulas are complete: they hold for
// all pairs of points (Hisil, Wong, Carter, Dawson 2008, sections 3.1 and 3.3).
#pragma once

#include <optional>

#include "core/crypto/portable/field25519.h"

namespace cardea::crypto::portable {

// RFC 9496 section 4.1.
inline constexpr Field kD{
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};

struct Edwards {  // x = X / Z, y = Y / Z, xy = T / Z
  Field x, y = kOne, z = kOne, t;
};

// RFC 8032 section 5.1.
inline constexpr Edwards kEdwardsBase{
    {{0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5}},
    {{0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666}},
    kOne,
    {{0x68ab3a5b7dda3, 0xeea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7}}};

Edwards operator+(const Edwards& a, const Edwards& b) noexcept;
Edwards twice(const Edwards& a) noexcept;
// `scalar` is 256 bits, little-endian; the time does not depend on it nor on the point.
void multiply(std::span<const std::uint8_t, 32> scalar, const Edwards& point, Edwards& out) noexcept;
Mask is_identity(const Edwards& a) noexcept;
// RFC 8032 section 5.1.3, for public points: it returns early. Nothing when y is not below p or not on the
// curve; a sign of x = 0 is not looked at.
std::optional<Edwards> edwards_decode(std::span<const std::uint8_t, 32> encoding) noexcept;

}  // namespace cardea::crypto::portable
