// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/p256.h"

#include <algorithm>

#include <openssl/core_names.h>

#include "core/crypto/openssl/p256_key.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

constexpr char kGroupName[] = "prime256v1";

const EC_GROUP* group() {
  static const EC_GROUP* const curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  require(curve != nullptr);
  return curve;
}

// `native_scalar` is in the machine's byte order, as OSSL_PARAM wants it, or empty for a public key.
openssl::Pkey make_key(MutableBytes native_scalar, const P256Point& point) {
  std::array<OSSL_PARAM, 4> params{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(kGroupName), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(point.data()),
                                        point.size()),
      OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (!native_scalar.empty()) {
    params[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native_scalar.data(), native_scalar.size());
  }
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = native_scalar.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params.data()) != 1) return nullptr;
  return openssl::Pkey(key);
}

}  // namespace

openssl::Pkey openssl::p256_public_key(const P256Point& point) { return make_key({}, point); }

Result<P256Point> p256_point(ByteView point) {
  P256Point out{};
  if (point.size() != out.size() || point[0] != POINT_CONVERSION_UNCOMPRESSED) return Error::key_invalid;
  const openssl::ErrorScope errors;
  const openssl::Point decoded(EC_POINT_new(group()));
  require(decoded != nullptr);
  // Refuses coordinates that are not below p and points that are not on the curve (SEC 1 section 2.3.4);
  // infinity has no uncompressed form, and the cofactor is 1.
  if (EC_POINT_oct2point(group(), decoded.get(), point.data(), point.size(), nullptr) != 1)
    return Error::key_invalid;
  std::copy(point.begin(), point.end(), out.begin());
  return out;
}

struct P256KeyPair::Impl {
  SecretKey32 scalar;
  P256Point point{};
  openssl::Pkey key;
};

P256KeyPair::P256KeyPair(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
P256KeyPair::P256KeyPair(P256KeyPair&&) noexcept = default;
P256KeyPair& P256KeyPair::operator=(P256KeyPair&&) noexcept = default;
P256KeyPair::~P256KeyPair() = default;

Result<P256KeyPair> P256KeyPair::from_scalar(ByteView scalar) {
  TRY_ASSIGN(SecretKey32 bytes, SecretKey32::from(scalar));
  const openssl::ErrorScope errors;
  const openssl::Bignum number(BN_bin2bn(bytes.expose().data(), 32, nullptr));
  require(number != nullptr);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group())) >= 0)
    return Error::key_invalid;
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  const openssl::Point point(EC_POINT_new(group()));
  auto impl = std::make_unique<Impl>();
  require(point != nullptr &&
          EC_POINT_mul(group(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1 &&
          EC_POINT_point2oct(group(), point.get(), POINT_CONVERSION_UNCOMPRESSED, impl->point.data(),
                             impl->point.size(), nullptr) == impl->point.size());
  SecretKey32 native;
  require(BN_bn2nativepad(number.get(), native.expose_mutable().data(), 32) == 32);
  impl->scalar = std::move(bytes);
  impl->key = make_key(native.expose_mutable(), impl->point);
  require(impl->key != nullptr);
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
  const openssl::ErrorScope errors;
  const openssl::Pkey peer = make_key({}, checked);
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, impl_->key.get(), nullptr));
  if (peer == nullptr || context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1) {
    return Error::key_invalid;
  }
  SecretBytes out(32);
  std::size_t size = out.size();
  if (EVP_PKEY_derive(context.get(), out.expose_mutable().data(), &size) != 1 || size != out.size()) {
    return Error::crypto_failed;
  }
  return out;
}

P256Signature P256KeyPair::sign(ByteView message) const {
  const openssl::Digest context(EVP_MD_CTX_new());
  require(context != nullptr && EVP_DigestSignInit_ex(context.get(), nullptr, "SHA2-256", nullptr, nullptr,
                                                      impl_->key.get(), nullptr) == 1);
  std::array<std::uint8_t, 80> der{};
  std::size_t size = der.size();
  require(EVP_DigestSign(context.get(), der.data(), &size, openssl::data_or_empty(message), message.size()) ==
          1);
  return ecdsa_from_der(ByteView(der).first(size)).value();
}

}  // namespace cardea::crypto
