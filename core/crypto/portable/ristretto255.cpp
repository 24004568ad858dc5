// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ristretto255.h"

#include <algorithm>

#include "core/crypto/ed25519_encoding.h"
#include "core/crypto/portable/edwards25519.h"
#include "core/crypto/portable/scalar25519.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

using namespace portable;

// RFC 9496 section 4.1.
constexpr Field kSqrtAdMinusOne{
    {0x7f6a0497b2e1b, 0x1836f0a97afd2, 0x7d747f6be7638, 0x456079e7e6498, 0x376931bf2b834}};
constexpr Field kInvSqrtAMinusD{
    {0xfdaa805d40ea, 0x2eb482e57d339, 0x7610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};
constexpr Field kOneMinusDSquared{
    {0x409c1945fc176, 0x719abc6a1fc4f, 0x1c37f90b20684, 0x6bccca55eedf, 0x29072a8b2b3e}};
constexpr Field kDMinusOneSquared{
    {0x55aaa44ed4d20, 0x59603c3332635, 0x26d3baf4a7928, 0x120a66e6997a9, 0x5968b37af66c2}};

// Section 4.3.1. Elements come from the other side: whether one is valid is no secret.
bool decode(ByteView encoding, Edwards& out) {
  if (encoding.size() != 32) return false;
  const Field s = field_from_bytes(encoding.first<32>());
  if (!std::ranges::equal(field_to_bytes(s), encoding) || is_negative(s) != 0) return false;
  const Field ss = square(s);
  const Field u1 = kOne - ss;
  const Field u2 = kOne + ss;
  const Field u2_squared = square(u2);
  const Field v = -(kD * square(u1)) - u2_squared;
  const Root inverse = sqrt_ratio_m1(kOne, v * u2_squared);
  const Field den_x = inverse.root * u2;
  const Field den_y = inverse.root * den_x * v;
  const Field x = absolute((s + s) * den_x);
  const Field y = u1 * den_y;
  const Field t = x * y;
  out = {x, y, kOne, t};
  return (~inverse.was_square | is_negative(t) | is_zero(y)) == 0;
}

// Section 4.3.2.
void encode(const Edwards& p, std::span<std::uint8_t, 32> out) {
  const Field u1 = (p.z + p.y) * (p.z - p.y);
  const Field u2 = p.x * p.y;
  const Field inverse = sqrt_ratio_m1(kOne, u1 * square(u2)).root;
  const Field den1 = inverse * u1;
  const Field den2 = inverse * u2;
  const Field z_inverse = den1 * den2 * p.t;
  const Mask rotate = is_negative(p.t * z_inverse);
  const Field x = select(rotate, p.y * kSqrtM1, p.x);
  Field y = select(rotate, p.x * kSqrtM1, p.y);
  const Field den = select(rotate, den1 * kInvSqrtAMinusD, den2);
  y = negate_if(is_negative(x * z_inverse), y);
  Wiped<FieldBytes> bytes(field_to_bytes(absolute(den * (p.z - y))));
  std::ranges::copy(bytes.value, out.begin());
}

// MAP of section 4.3.4.
Edwards map_to_point(std::span<const std::uint8_t, 32> bytes) {
  const Wiped<Field> t(field_from_bytes(bytes));
  const Field r = kSqrtM1 * square(t.value);
  const Field u = (r + kOne) * kOneMinusDSquared;
  const Field v = (-kOne - r * kD) * (r + kD);
  const Root root = sqrt_ratio_m1(u, v);
  const Field s = select(root.was_square, root.root, -absolute(root.root * t.value));
  const Field c = select(root.was_square, -kOne, r);
  const Field n = c * (r - kOne) * kDMinusOneSquared - v;
  const Field w0 = (s + s) * v;
  const Field w1 = n * kSqrtAdMinusOne;
  const Field ss = square(s);
  const Field w2 = kOne - ss;
  const Field w3 = kOne + ss;
  return {w0 * w3, w2 * w1, w1 * w3, w0 * w2};
}

bool is_zero_encoding(ByteView element) noexcept {
  return std::ranges::all_of(element, [](std::uint8_t byte) { return byte == 0; });
}

Status multiply_into(const RistrettoScalar& scalar, const Edwards& point, std::span<std::uint8_t, 32> out) {
  Wiped<Edwards> product;
  multiply(scalar.expose(), point, product.value);
  encode(product.value, out);
  if (equal_constant_time(out, FieldBytes{})) return Error::key_invalid;
  return {};
}

}  // namespace

Result<RistrettoElement> ristretto_element(ByteView encoding) {
  RistrettoElement out{};
  Edwards point;
  if (encoding.size() != out.size() || is_zero_encoding(encoding) || !decode(encoding, point))
    return Error::key_invalid;
  std::ranges::copy(encoding, out.begin());
  return out;
}

Result<RistrettoScalar> ristretto_scalar(ByteView encoding) {
  if (encoding.size() != RistrettoScalar::kSize) return Error::key_invalid;
  SecretArray<64> wide;
  std::ranges::copy(encoding, wide.expose_mutable().begin());
  const RistrettoScalar reduced = ristretto_scalar_reduce(wide.expose());
  // Canonical means that reducing changes nothing.
  if (!equal_constant_time(reduced.expose(), encoding) || reduced == RistrettoScalar())
    return Error::key_invalid;
  return RistrettoScalar::from(encoding);
}

RistrettoScalar ristretto_scalar_reduce(std::span<const std::uint8_t, 64> uniform) {
  RistrettoScalar out;
  scalar_reduce(uniform, out.expose_mutable());
  return out;
}

RistrettoScalar ristretto_scalar_random(Random& random) {
  while (true) {
    const auto uniform = random.secret<64>();
    RistrettoScalar out = ristretto_scalar_reduce(uniform.expose());
    if (!(out == RistrettoScalar())) return out;
  }
}

RistrettoScalar ristretto_scalar_invert(const RistrettoScalar& scalar) {
  require(!(scalar == RistrettoScalar()));
  RistrettoScalar out;
  scalar_invert(scalar.expose(), out.expose_mutable());
  return out;
}

RistrettoElement ristretto_from_uniform(std::span<const std::uint8_t, 64> uniform) {
  const Wiped<Edwards> first(map_to_point(uniform.first<32>()));
  const Wiped<Edwards> second(map_to_point(uniform.last<32>()));
  RistrettoElement out{};
  encode(first.value + second.value, out);
  return out;
}

Result<RistrettoElement> ristretto_multiply(const RistrettoScalar& scalar, ByteView element) {
  TRY_ASSIGN(const SecretArray<32> product, ristretto_dh(scalar, element));
  RistrettoElement out{};
  std::ranges::copy(product.expose(), out.begin());
  return out;
}

Result<SecretArray<32>> ristretto_dh(const RistrettoScalar& scalar, ByteView element) {
  Edwards point;
  if (!decode(element, point)) return Error::key_invalid;
  SecretArray<32> out;
  TRY(multiply_into(scalar, point, out.expose_mutable()));
  return out;
}

Result<RistrettoElement> ristretto_multiply_base(const RistrettoScalar& scalar) {
  RistrettoElement out{};
  TRY(multiply_into(scalar, kEdwardsBase, out));
  return out;
}

// Canonical, and in the subgroup of prime order without its identity: so also not of small order.
bool ed25519_point_acceptable(std::span<const std::uint8_t, 32> public_key) {
  const auto point = edwards_decode(public_key);
  if (!point || is_identity(*point) != 0) return false;
  Edwards product;
  multiply(kOrderBytes, *point, product);
  return is_identity(product) != 0;
}

}  // namespace cardea::crypto
