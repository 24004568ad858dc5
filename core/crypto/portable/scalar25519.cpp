// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/portable/scalar25519.h"

namespace cardea::crypto::portable {
namespace {

using Words = std::array<std::uint64_t, 4>;  // little-endian

constexpr Words kOrder{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0x0000000000000000, 0x1000000000000000};
constexpr Words kOrderMinusTwo{0x5812631a5cf5d3eb, 0x14def9dea2f79cd6, 0x0000000000000000,
                               0x1000000000000000};
constexpr std::uint64_t kMinusInverse = 0xd2b51da312547e1b;  // -1 / L modulo 2^64
// R = 2^256, and R^2, modulo L.
constexpr Words kR{0xd6ec31748d98951d, 0xc6ef5bf4737dcf70, 0xfffffffffffffffe, 0x0fffffffffffffff};
constexpr Words kR2{0xa40611e3449c0f01, 0xd00e1ba768859347, 0xceec73d217f5be65, 0x0399411b7c309a3d};

// Takes L away once from what is below 2L.
Words reduce_once(const Words& a) noexcept {
  Words less;
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Wide difference = Wide{a[i]} - kOrder[i] - borrow;
    less[i] = static_cast<std::uint64_t>(difference);
    borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
  }
  const Mask was_below = mask_of_bit(borrow);
  Words out;
  for (std::size_t i = 0; i < 4; ++i)
    out[i] = select(was_below, a[i], less[i]);
  return out;
}

// a b / R modulo L (Montgomery), for any a and for b below L.
Words multiply(const Words& a, const Words& b) noexcept {
  std::array<std::uint64_t, 5> sum{};
  for (const std::uint64_t digit : a) {
    Wide carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      carry += Wide{digit} * b[j] + sum[j];
      sum[j] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    const Wide top = carry + sum[4];
    const std::uint64_t factor = sum[0] * kMinusInverse;
    carry = (Wide{factor} * kOrder[0] + sum[0]) >> 64;
    for (std::size_t j = 1; j < 4; ++j) {
      carry += Wide{factor} * kOrder[j] + sum[j];
      sum[j - 1] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    carry += top;
    sum[3] = static_cast<std::uint64_t>(carry);
    sum[4] = static_cast<std::uint64_t>(carry >> 64);  // zero: the sum stays below 2L
  }
  return reduce_once({sum[0], sum[1], sum[2], sum[3]});
}

Words add(const Words& a, const Words& b) noexcept {
  Words out;
  Wide carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += Wide{a[i]} + b[i];
    out[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  return reduce_once(out);
}

void read(std::span<const std::uint8_t> bytes, Words& out) noexcept {
  for (std::size_t i = 0; i < 32; ++i)
    out[i / 8] |= std::uint64_t{bytes[i]} << (8 * (i % 8));
}

void write(const Words& words, std::span<std::uint8_t, 32> out) noexcept {
  for (std::size_t i = 0; i < 32; ++i)
    out[i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
}

}  // namespace

void scalar_reduce(std::span<const std::uint8_t, 64> wide, std::span<std::uint8_t, 32> out) noexcept {
  Wiped<Words> low, high;
  read(wide.first(32), low.value);
  read(wide.last(32), high.value);
  low.value = multiply(low.value, kR);
  high.value = multiply(high.value, kR2);
  low.value = add(low.value, high.value);
  write(low.value, out);
}

// Fermat: scalar^(L - 2). The branches are those of the exponent, which everybody knows.
void scalar_invert(std::span<const std::uint8_t, 32> scalar, std::span<std::uint8_t, 32> out) noexcept {
  Wiped<Words> base, power;
  read(scalar, base.value);
  base.value = multiply(base.value, kR2);
  power.value = kR;  // one
  for (std::size_t bit = 253; bit-- > 0;) {
    power.value = multiply(power.value, power.value);
    if (((kOrderMinusTwo[bit / 64] >> (bit % 64)) & 1) != 0) power.value = multiply(power.value, base.value);
  }
  power.value = multiply(power.value, {1, 0, 0, 0});
  write(power.value, out);
}

}  // namespace cardea::crypto::portable
