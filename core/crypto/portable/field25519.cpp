// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/portable/field25519.h"

namespace cardea::crypto::portable {
namespace {

constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << 51) - 1;
// 2p, limb by limb: what is taken away from it stays positive.
constexpr Field kTwiceP{
    {0xfffffffffffda, 0xffffffffffffe, 0xffffffffffffe, 0xffffffffffffe, 0xffffffffffffe}};

// Limbs below 2^64; 2^255 is 19.
Field carry(Field a) noexcept {
  for (std::size_t i = 0; i < 4; ++i) {
    a.limb[i + 1] += a.limb[i] >> 51;
    a.limb[i] &= kLimbMask;
  }
  a.limb[0] += 19 * (a.limb[4] >> 51);
  a.limb[4] &= kLimbMask;
  return a;
}

// Sums of products, each below 2^115.
using Columns = std::array<Wide, 5>;

Field carry_columns(Columns column) noexcept {
  Field out;
  for (std::size_t i = 0; i < 4; ++i) {
    column[i + 1] += static_cast<std::uint64_t>(column[i] >> 51);
    out.limb[i] = static_cast<std::uint64_t>(column[i]) & kLimbMask;
  }
  out.limb[4] = static_cast<std::uint64_t>(column[4]) & kLimbMask;
  const Wide first = out.limb[0] + Wide{19} * static_cast<std::uint64_t>(column[4] >> 51);
  out.limb[0] = static_cast<std::uint64_t>(first) & kLimbMask;
  out.limb[1] += static_cast<std::uint64_t>(first >> 51);
  return out;
}

Field square_times(Field a, int times) noexcept {
  for (int i = 0; i < times; ++i)
    a = square(a);
  return a;
}

// a^((p - 5) / 8) = a^(2^252 - 3). The exponent is public: a fixed chain.
Field power_p58(const Field& a) noexcept {
  const Field a2 = square(a);
  const Field a9 = a * square_times(a2, 2);
  const Field a11 = a2 * a9;
  const Field ones5 = a9 * square(a11);  // a^(2^5 - 1)
  const Field ones10 = square_times(ones5, 5) * ones5;
  const Field ones20 = square_times(ones10, 10) * ones10;
  const Field ones40 = square_times(ones20, 20) * ones20;
  const Field ones50 = square_times(ones40, 10) * ones10;
  const Field ones100 = square_times(ones50, 50) * ones50;
  const Field ones200 = square_times(ones100, 100) * ones100;
  const Field ones250 = square_times(ones200, 50) * ones50;
  return square_times(ones250, 2) * a;
}

std::uint64_t read64(std::span<const std::uint8_t, 32> bytes, std::size_t at) noexcept {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i)
    out |= std::uint64_t{bytes[at + i]} << (8 * i);
  return out;
}

}  // namespace

Field field_from_bytes(std::span<const std::uint8_t, 32> bytes) noexcept {
  const std::array<std::uint64_t, 4> words{read64(bytes, 0), read64(bytes, 8), read64(bytes, 16),
                                           read64(bytes, 24)};
  return {{words[0] & kLimbMask, (words[0] >> 51 | words[1] << 13) & kLimbMask,
           (words[1] >> 38 | words[2] << 26) & kLimbMask, (words[2] >> 25 | words[3] << 39) & kLimbMask,
           (words[3] >> 12) & kLimbMask}};
}

FieldBytes field_to_bytes(const Field& a) noexcept {
  Field reduced = carry(carry(a));  // below 2^255 + 19
  // Whether it is p or more: then adding 19 carries out of 255 bits.
  std::uint64_t quotient = (reduced.limb[0] + 19) >> 51;
  for (std::size_t i = 1; i < 5; ++i)
    quotient = (reduced.limb[i] + quotient) >> 51;
  reduced.limb[0] += 19 * quotient;
  for (std::size_t i = 0; i < 4; ++i) {
    reduced.limb[i + 1] += reduced.limb[i] >> 51;
    reduced.limb[i] &= kLimbMask;
  }
  reduced.limb[4] &= kLimbMask;
  const auto& limb = reduced.limb;
  const std::array<std::uint64_t, 4> words{limb[0] | limb[1] << 51, limb[1] >> 13 | limb[2] << 38,
                                           limb[2] >> 26 | limb[3] << 25, limb[3] >> 39 | limb[4] << 12};
  FieldBytes out;
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
  return out;
}

Field operator+(const Field& a, const Field& b) noexcept {
  Field out;
  for (std::size_t i = 0; i < 5; ++i)
    out.limb[i] = a.limb[i] + b.limb[i];
  return carry(out);
}

Field operator-(const Field& a, const Field& b) noexcept {
  Field out;
  for (std::size_t i = 0; i < 5; ++i)
    out.limb[i] = a.limb[i] + kTwiceP.limb[i] - b.limb[i];
  return carry(out);
}

Field operator-(const Field& a) noexcept { return kZero - a; }

// Written out: as loops it takes twice as long. What is at 2^255 or above comes back at the bottom, 19
// times.
Field operator*(const Field& a, const Field& b) noexcept {
  const auto [a0, a1, a2, a3, a4] = a.limb;
  const auto [b0, b1, b2, b3, b4] = b.limb;
  const std::uint64_t c1 = 19 * b1;
  const std::uint64_t c2 = 19 * b2;
  const std::uint64_t c3 = 19 * b3;
  const std::uint64_t c4 = 19 * b4;
  return carry_columns({Wide{a0} * b0 + Wide{a1} * c4 + Wide{a2} * c3 + Wide{a3} * c2 + Wide{a4} * c1,
                        Wide{a0} * b1 + Wide{a1} * b0 + Wide{a2} * c4 + Wide{a3} * c3 + Wide{a4} * c2,
                        Wide{a0} * b2 + Wide{a1} * b1 + Wide{a2} * b0 + Wide{a3} * c4 + Wide{a4} * c3,
                        Wide{a0} * b3 + Wide{a1} * b2 + Wide{a2} * b1 + Wide{a3} * b0 + Wide{a4} * c4,
                        Wide{a0} * b4 + Wide{a1} * b3 + Wide{a2} * b2 + Wide{a3} * b1 + Wide{a4} * b0});
}

Field square(const Field& a) noexcept {
  const auto [a0, a1, a2, a3, a4] = a.limb;
  const std::uint64_t d0 = 2 * a0;
  const std::uint64_t d1 = 2 * a1;
  const std::uint64_t c3 = 19 * a3;
  const std::uint64_t c4 = 19 * a4;
  return carry_columns(
      {Wide{a0} * a0 + Wide{d1} * c4 + Wide{2 * a2} * c3, Wide{d0} * a1 + Wide{2 * a2} * c4 + Wide{a3} * c3,
       Wide{d0} * a2 + Wide{a1} * a1 + Wide{2 * a3} * c4, Wide{d0} * a3 + Wide{d1} * a2 + Wide{a4} * c4,
       Wide{d0} * a4 + Wide{d1} * a3 + Wide{a2} * a2});
}

Field select(Mask mask, const Field& yes, const Field& no) noexcept {
  Field out;
  for (std::size_t i = 0; i < 5; ++i)
    out.limb[i] = select(mask, yes.limb[i], no.limb[i]);
  return out;
}

Mask is_zero(const Field& a) noexcept {
  std::uint64_t any = 0;
  for (const std::uint8_t byte : field_to_bytes(a))
    any |= byte;
  return mask_if_zero(any);
}

Mask equal(const Field& a, const Field& b) noexcept { return is_zero(a - b); }
Mask is_negative(const Field& a) noexcept { return mask_of_bit(field_to_bytes(a)[0]); }
Field negate_if(Mask mask, const Field& a) noexcept { return select(mask, -a, a); }
Field absolute(const Field& a) noexcept { return negate_if(is_negative(a), a); }

Root sqrt_ratio_m1(const Field& u, const Field& v) noexcept {
  const Field v3 = square(v) * v;
  const Field v7 = square(v3) * v;
  const Field candidate = u * v3 * power_p58(u * v7);
  const Field check = v * square(candidate);
  const Mask correct = equal(check, u);
  const Mask flipped = equal(check, -u);
  const Mask flipped_i = equal(check, -u * kSqrtM1);
  return {correct | flipped, absolute(select(flipped | flipped_i, candidate * kSqrtM1, candidate))};
}

}  // namespace cardea::crypto::portable
