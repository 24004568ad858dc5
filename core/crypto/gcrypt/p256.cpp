// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/p256.h"

#include <algorithm>

#include "core/crypto/gcrypt/curve_p256.h"
#include "core/crypto/hash.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

using Number32 = std::array<std::uint8_t, 32>;
constexpr std::uint8_t kUncompressed = 4;
// SEC 2 section 2.4.2.
constexpr Number32 kP256Prime{0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
                              0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff,
                              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
constexpr Number32 kP256Order{0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                              0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                              0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

// Big-endian, in constant time: the borrow of number - limit.
bool is_below(std::span<const std::uint8_t, 32> number, const Number32& limit) {
  std::uint32_t borrow = 0;
  for (std::size_t i = 32; i-- > 0;)
    borrow = (std::uint32_t{number[i]} - limit[i] - borrow) >> 31;
  return borrow == 1;
}

gcrypt::Context curve() {
  gcrypt::initialise();
  gcry_ctx_t out = nullptr;
  require(gcry_mpi_ec_new(&out, nullptr, "NIST P-256") == 0);
  return gcrypt::Context(out);
}

gcrypt::Point make_point(ByteView x, ByteView y) {
  const gcrypt::Number one(gcry_mpi_set_ui(nullptr, 1));
  return gcrypt::Point(
      gcry_mpi_point_set(nullptr, gcrypt::public_number(x).get(), gcrypt::public_number(y).get(), one.get()));
}

gcrypt::Point point_of(const P256Point& point) {
  return make_point(ByteView(point).subspan(1, 32), ByteView(point).last(32));
}

}  // namespace

gcrypt::Expression gcrypt::p256_public_key(const P256Point& point) {
  return expression("(public-key(ecc(curve \"NIST P-256\")(q %b)))", length(point), point.data());
}

bool gcrypt::ecdsa_fits(gcry_sexp_t key, ByteView message, const P256Signature& signature) {
  const Sha256Digest digest = sha256({message});
  const Expression data = expression("(data(flags raw)(value %b))", length(digest), digest.data());
  const Expression numbers = expression("(sig-val(ecdsa(r %b)(s %b)))", 32, signature.data(), 32,
                                        ByteView(signature).last(32).data());
  require(data != nullptr && numbers != nullptr);
  return gcry_pk_verify(numbers.get(), data.get(), key) == 0;
}

Result<P256Point> p256_point(ByteView point) {
  P256Point out{};
  if (point.size() != out.size() || point[0] != kUncompressed) return Error::key_invalid;
  const ByteView x = point.subspan(1, 32);
  const ByteView y = point.last(32);
  // SEC 1 section 2.3.4. Infinity has no uncompressed form, and the cofactor is 1.
  if (!is_below(x.first<32>(), kP256Prime) || !is_below(y.first<32>(), kP256Prime) ||
      gcry_mpi_ec_curve_point(make_point(x, y).get(), curve().get()) != 1) {
    return Error::key_invalid;
  }
  std::copy(point.begin(), point.end(), out.begin());
  return out;
}

struct P256KeyPair::Impl {
  SecretKey32 scalar;
  P256Point point{};
};

P256KeyPair::P256KeyPair(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
P256KeyPair::P256KeyPair(P256KeyPair&&) noexcept = default;
P256KeyPair& P256KeyPair::operator=(P256KeyPair&&) noexcept = default;
P256KeyPair::~P256KeyPair() = default;

Result<P256KeyPair> P256KeyPair::from_scalar(ByteView scalar) {
  TRY_ASSIGN(SecretKey32 bytes, SecretKey32::from(scalar));
  if (bytes == SecretKey32() || !is_below(bytes.expose(), kP256Order)) return Error::key_invalid;
  const gcrypt::Context group = curve();
  const gcrypt::Point base(gcry_mpi_ec_get_point("g", group.get(), 1));
  const gcrypt::Point product(gcry_mpi_point_new(0));
  const gcrypt::Number x(gcry_mpi_new(256));
  const gcrypt::Number y(gcry_mpi_new(256));
  gcry_mpi_ec_mul(product.get(), gcrypt::secret_number(bytes.expose()).get(), base.get(), group.get());
  auto impl = std::make_unique<Impl>();
  impl->point[0] = kUncompressed;
  const MutableBytes coordinates = MutableBytes(impl->point).last(64);
  require(gcry_mpi_ec_get_affine(x.get(), y.get(), product.get(), group.get()) == 0 &&
          gcrypt::write_number(x.get(), coordinates.first(32)) &&
          gcrypt::write_number(y.get(), coordinates.last(32)));
  impl->scalar = std::move(bytes);
  return P256KeyPair(std::move(impl));
}

P256KeyPair P256KeyPair::generate(Random& random) {
  while (true) {  // a draw is out of range once in 2^32
    const auto scalar = random.secret<32>();
    if (auto pair = from_scalar(scalar.expose()); pair.ok()) return std::move(pair).value();
  }
}

const P256Point& P256KeyPair::point() const noexcept { return impl_->point; }
const SecretKey32& P256KeyPair::scalar() const noexcept { return impl_->scalar; }
Bytes P256KeyPair::spki() const { return p256_spki(impl_->point).value(); }

Result<SecretBytes> P256KeyPair::dh(ByteView peer_point) const {
  TRY_ASSIGN(const P256Point checked, p256_point(peer_point));
  const gcrypt::Context group = curve();
  const gcrypt::Point product(gcry_mpi_point_new(0));
  const gcrypt::Number x(gcry_mpi_snew(256));
  gcry_mpi_ec_mul(product.get(), gcrypt::secret_number(impl_->scalar.expose()).get(), point_of(checked).get(),
                  group.get());
  SecretBytes out(32);
  if (gcry_mpi_ec_get_affine(x.get(), nullptr, product.get(), group.get()) != 0 ||
      !gcrypt::write_number(x.get(), out.expose_mutable())) {
    return Error::crypto_failed;
  }
  return out;
}

// The nonce is that of RFC 6979: nothing depends on libgcrypt's own generator of randomness.
P256Signature P256KeyPair::sign(ByteView message) const {
  const Sha256Digest digest = sha256({message});
  const gcrypt::Number scalar = gcrypt::secret_number(impl_->scalar.expose());
  const auto key = gcrypt::expression("(private-key(ecc(curve \"NIST P-256\")(q %b)(d %m)))",
                                      gcrypt::length(impl_->point), impl_->point.data(), scalar.get());
  const auto data =
      gcrypt::expression("(data(flags rfc6979)(hash sha256 %b))", gcrypt::length(digest), digest.data());
  gcry_sexp_t made = nullptr;
  require(key != nullptr && data != nullptr && gcry_pk_sign(&made, data.get(), key.get()) == 0);
  const gcrypt::Expression signature(made);
  gcry_mpi_t r_raw = nullptr;
  gcry_mpi_t s_raw = nullptr;
  require(gcry_sexp_extract_param(made, nullptr, "rs", &r_raw, &s_raw, nullptr) == 0);
  const gcrypt::Number r(r_raw);
  const gcrypt::Number s(s_raw);
  P256Signature out{};
  require(gcrypt::write_number(r.get(), MutableBytes(out).first(32)) &&
          gcrypt::write_number(s.get(), MutableBytes(out).last(32)));
  return out;
}

}  // namespace cardea::crypto
