// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/gcrypt/ed25519.h"

#include <algorithm>

#include "core/crypto/ed25519_encoding.h"
#include "core/crypto/require.h"
#include "core/crypto/signature.h"

namespace cardea::crypto {
namespace {

using Bytes32 = std::array<std::uint8_t, 32>;
// The order of the group, little-endian (RFC 8032 section 5.1).
constexpr Bytes32 kEd25519Order{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

// What libgcrypt 1.10 does not look at: s + order would be a second signature. Both are public.
bool below_order(ByteView s) {
  return std::lexicographical_compare(s.rbegin(), s.rend(), kEd25519Order.rbegin(), kEd25519Order.rend());
}

Bytes32 public_point(ByteView seed) {
  const gcrypt::SecureMemory copy = gcrypt::secure_copy(seed);
  const auto key = gcrypt::expression("(private-key(ecc(curve Ed25519)(flags eddsa)(d %b)))",
                                      gcrypt::length(seed), copy.get());
  gcry_ctx_t made = nullptr;
  require(key != nullptr && gcry_mpi_ec_new(&made, key.get(), nullptr) == 0);
  const gcrypt::Context context(made);
  const gcrypt::Number encoded(gcry_mpi_ec_get_mpi("q@eddsa", made, 1));
  unsigned bits = 0;
  const void* const bytes = encoded == nullptr ? nullptr : gcry_mpi_get_opaque(encoded.get(), &bits);
  Bytes32 out{};
  require(bytes != nullptr && bits == 8 * out.size());
  std::copy_n(static_cast<const std::uint8_t*>(bytes), out.size(), out.begin());
  return out;
}

void copy_half(gcry_sexp_t signature, const char* name, MutableBytes out) {
  const gcrypt::Expression half(gcry_sexp_find_token(signature, name, 1));
  std::size_t size = 0;
  const char* const data = half == nullptr ? nullptr : gcry_sexp_nth_data(half.get(), 1, &size);
  require(data != nullptr && size == out.size());
  std::copy_n(data, size, out.begin());
}

gcrypt::Expression message_data(ByteView message) {
  static constexpr std::uint8_t kNothing = 0;
  return gcrypt::expression("(data(flags eddsa)(hash-algo sha512)(value %b))", gcrypt::length(message),
                            message.empty() ? &kNothing : message.data());
}

}  // namespace

gcrypt::Expression gcrypt::ed25519_public_key(ByteView point) {
  return expression("(public-key(ecc(curve Ed25519)(flags eddsa)(q %b)))", length(point), point.data());
}

bool gcrypt::ed25519_fits(gcry_sexp_t key, ByteView message, ByteView signature) {
  if (!below_order(signature.last(32))) return false;
  const Expression data = message_data(message);
  const Expression halves =
      expression("(sig-val(eddsa(r %b)(s %b)))", 32, signature.data(), 32, signature.last(32).data());
  require(data != nullptr && halves != nullptr);
  return gcry_pk_verify(halves.get(), data.get(), key) == 0;
}

struct Ed25519KeyPair::Impl {
  SecretKey32 seed;
  Bytes spki;
};

Ed25519KeyPair::Ed25519KeyPair(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Ed25519KeyPair::Ed25519KeyPair(Ed25519KeyPair&&) noexcept = default;
Ed25519KeyPair& Ed25519KeyPair::operator=(Ed25519KeyPair&&) noexcept = default;
Ed25519KeyPair::~Ed25519KeyPair() = default;

Ed25519KeyPair Ed25519KeyPair::from_seed(const SecretKey32& seed) {
  auto impl = std::make_unique<Impl>();
  impl->seed = seed.clone();
  impl->spki = ed25519_spki(public_point(seed.expose()));
  return Ed25519KeyPair(std::move(impl));
}

Ed25519KeyPair Ed25519KeyPair::generate(Random& random) { return from_seed(random.secret<32>()); }

std::array<std::uint8_t, 64> Ed25519KeyPair::sign(ByteView message) const {
  const gcrypt::SecureMemory seed = gcrypt::secure_copy(impl_->seed.expose());
  const auto key = gcrypt::expression("(private-key(ecc(curve Ed25519)(flags eddsa)(q %b)(d %b)))", 32,
                                      ByteView(impl_->spki).last(32).data(), 32, seed.get());
  const auto data = message_data(message);
  gcry_sexp_t made = nullptr;
  require(key != nullptr && data != nullptr && gcry_pk_sign(&made, data.get(), key.get()) == 0);
  const gcrypt::Expression signature(made);
  std::array<std::uint8_t, 64> out{};
  copy_half(made, "r", MutableBytes(out).first(32));
  copy_half(made, "s", MutableBytes(out).last(32));
  return out;
}

const Bytes& Ed25519KeyPair::spki() const noexcept { return impl_->spki; }
const SecretKey32& Ed25519KeyPair::seed() const noexcept { return impl_->seed; }

}  // namespace cardea::crypto
