// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/portable/edwards25519.h"

#include <algorithm>

namespace cardea::crypto::portable {
namespace {

constexpr Field kTwiceD{
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
using Table = std::array<Edwards, 16>;  // 0 to 15 times the point

// Reads the whole table, so that the caches do not tell which entry was wanted.
void look_up(const Table& table, std::uint64_t index, Edwards& out) noexcept {
  out = table[0];
  for (std::uint64_t i = 1; i < table.size(); ++i) {
    const Mask wanted = mask_if_zero(i ^ index);
    out.x = select(wanted, table[i].x, out.x);
    out.y = select(wanted, table[i].y, out.y);
    out.z = select(wanted, table[i].z, out.z);
    out.t = select(wanted, table[i].t, out.t);
  }
}

}  // namespace

Edwards operator+(const Edwards& p, const Edwards& q) noexcept {
  const Field a = (p.y - p.x) * (q.y - q.x);
  const Field b = (p.y + p.x) * (q.y + q.x);
  const Field c = p.t * kTwiceD * q.t;
  const Field d = (p.z + p.z) * q.z;
  const Field e = b - a;
  const Field f = d - c;
  const Field g = d + c;
  const Field h = b + a;
  return {e * f, g * h, f * g, e * h};
}

Edwards twice(const Edwards& p) noexcept {
  const Field a = square(p.x);
  const Field b = square(p.y);
  const Field zz = square(p.z);
  const Field h = a + b;
  const Field e = h - square(p.x + p.y);
  const Field g = a - b;
  const Field f = zz + zz + g;
  return {e * f, g * h, f * g, e * h};
}

void multiply(std::span<const std::uint8_t, 32> scalar, const Edwards& point, Edwards& out) noexcept {
  Wiped<Table> table;
  Wiped<Edwards> sum, entry;
  for (std::size_t i = 1; i < table.value.size(); ++i)
    table.value[i] = table.value[i - 1] + point;
  for (std::size_t digit = 64; digit-- > 0;) {  // four bits each, from the top
    for (int i = 0; i < 4; ++i)
      sum.value = twice(sum.value);
    look_up(table.value, (scalar[digit / 2] >> (4 * (digit % 2))) & 15U, entry.value);
    sum.value = sum.value + entry.value;
  }
  out = sum.value;
}

Mask is_identity(const Edwards& a) noexcept { return is_zero(a.x) & equal(a.y, a.z); }

std::optional<Edwards> edwards_decode(std::span<const std::uint8_t, 32> encoding) noexcept {
  FieldBytes y_bytes;
  std::ranges::copy(encoding, y_bytes.begin());
  y_bytes[31] &= 0x7f;
  const Field y = field_from_bytes(y_bytes);
  if (field_to_bytes(y) != y_bytes) return std::nullopt;
  const Field yy = square(y);
  const Root x = sqrt_ratio_m1(yy - kOne, kD * yy + kOne);
  if (x.was_square == 0) return std::nullopt;
  const Field signed_x = negate_if(mask_of_bit(encoding[31] >> 7), x.root);
  return Edwards{signed_x, y, kOne, signed_x * y};
}

}  // namespace cardea::crypto::portable
