// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ristretto255.h"

#include <algorithm>

#include <sodium.h>

#include "core/crypto/ed25519_encoding.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

bool is_identity(ByteView element) noexcept {
  return std::ranges::all_of(element, [](std::uint8_t byte) { return byte == 0; });
}

// An encoding is a number below 2^255 - 19 (RFC 9496, 4.3.1). libsodium 1.0.18 takes it without its highest
// bit, so that an element had two encodings and the identity one that is not all zero.
bool has_high_bit(ByteView element) noexcept { return (element.back() & 0x80) != 0; }

}  // namespace

Result<RistrettoElement> ristretto_element(ByteView encoding) {
  RistrettoElement out{};
  if (encoding.size() != out.size() || is_identity(encoding) || has_high_bit(encoding) ||
      crypto_core_ristretto255_is_valid_point(encoding.data()) != 1) {
    return Error::key_invalid;
  }
  std::copy(encoding.begin(), encoding.end(), out.begin());
  return out;
}

Result<RistrettoScalar> ristretto_scalar(ByteView encoding) {
  if (encoding.size() != RistrettoScalar::kSize) return Error::key_invalid;
  SecretArray<64> wide;
  std::copy(encoding.begin(), encoding.end(), wide.expose_mutable().begin());
  const RistrettoScalar reduced = ristretto_scalar_reduce(wide.expose());
  // Canonical means that reducing changes nothing.
  if (!equal_constant_time(reduced.expose(), encoding) || reduced == RistrettoScalar())
    return Error::key_invalid;
  return RistrettoScalar::from(encoding);
}

RistrettoScalar ristretto_scalar_reduce(std::span<const std::uint8_t, 64> uniform) {
  RistrettoScalar out;
  crypto_core_ristretto255_scalar_reduce(out.expose_mutable().data(), uniform.data());
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
  RistrettoScalar out;
  require(crypto_core_ristretto255_scalar_invert(out.expose_mutable().data(), scalar.expose().data()) == 0);
  return out;
}

RistrettoElement ristretto_from_uniform(std::span<const std::uint8_t, 64> uniform) {
  RistrettoElement out{};
  require(crypto_core_ristretto255_from_hash(out.data(), uniform.data()) == 0);
  return out;
}

Result<RistrettoElement> ristretto_multiply(const RistrettoScalar& scalar, ByteView element) {
  TRY_ASSIGN(const RistrettoElement checked, ristretto_element(element));
  RistrettoElement out{};
  if (crypto_scalarmult_ristretto255(out.data(), scalar.expose().data(), checked.data()) != 0)
    return Error::key_invalid;
  return out;
}

Result<SecretArray<32>> ristretto_dh(const RistrettoScalar& scalar, ByteView element) {
  TRY_ASSIGN(const RistrettoElement checked, ristretto_element(element));
  SecretArray<32> out;
  if (crypto_scalarmult_ristretto255(out.expose_mutable().data(), scalar.expose().data(), checked.data()) !=
      0) {
    return Error::key_invalid;
  }
  return out;
}

Result<RistrettoElement> ristretto_multiply_base(const RistrettoScalar& scalar) {
  RistrettoElement out{};
  if (crypto_scalarmult_ristretto255_base(out.data(), scalar.expose().data()) != 0) return Error::key_invalid;
  return out;
}

bool ed25519_point_acceptable(std::span<const std::uint8_t, 32> public_key) {
  return crypto_core_ed25519_is_valid_point(public_key.data()) == 1;
}

}  // namespace cardea::crypto
