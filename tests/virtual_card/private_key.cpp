// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/private_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace cardea::virtual_card {
namespace {

using Context = UniqueHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using BigNumber = UniqueHandle<BIGNUM, BN_clear_free>;
using Group = UniqueHandle<EC_GROUP, EC_GROUP_free>;
using Point = UniqueHandle<EC_POINT, EC_POINT_clear_free>;

Failure crypto_failure(const char* what) { return fail(Error::crypto_failed, what); }

int curve_nid(EcCurve curve) { return curve == EcCurve::p256 ? NID_X9_62_prime256v1 : NID_secp384r1; }

using Operation = int (*)(EVP_PKEY_CTX*, unsigned char*, size_t*, const unsigned char*, size_t);

Result<Bytes> run(Operation operation, EVP_PKEY_CTX* context, ByteView input) {
  std::size_t size = 0;
  if (operation(context, nullptr, &size, input.data(), input.size()) <= 0) return crypto_failure("size");
  Bytes out(size);
  if (operation(context, out.data(), &size, input.data(), input.size()) <= 0)
    return crypto_failure("operation");
  out.resize(size);
  return out;
}

Result<Bytes> rsa_private(EVP_PKEY* key, ByteView input, bool sign, int padding) {
  Context context(EVP_PKEY_CTX_new(key, nullptr));
  const auto initialise = sign ? EVP_PKEY_sign_init : EVP_PKEY_decrypt_init;
  if (!context || initialise(context.get()) <= 0 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) <= 0) {
    return crypto_failure("RSA context");
  }
  return run(sign ? EVP_PKEY_sign : EVP_PKEY_decrypt, context.get(), input);
}

const EVP_MD* digest_of_size(std::size_t size) {
  switch (size) {
    case 20:
      return EVP_sha1();
    case 32:
      return EVP_sha256();
    case 48:
      return EVP_sha384();
    case 64:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

}  // namespace

Result<PrivateKey> PrivateKey::generate_rsa(unsigned bits) {
  if (bits != 1024 && bits != 2048 && bits != 3072 && bits != 4096) return Error::invalid_argument;
  Handle key(EVP_RSA_gen(bits));
  if (!key) return crypto_failure("RSA key generation");
  return PrivateKey(std::move(key));
}

Result<PrivateKey> PrivateKey::generate_ec(EcCurve curve) {
  Handle key(EVP_EC_gen(OBJ_nid2sn(curve_nid(curve))));
  if (!key) return crypto_failure("EC key generation");
  return PrivateKey(std::move(key));
}

Result<PrivateKey> PrivateKey::from_der(ByteView der) {
  const unsigned char* at = der.data();
  Handle key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  const int type = key ? EVP_PKEY_get_base_id(key.get()) : EVP_PKEY_NONE;
  if ((type != EVP_PKEY_RSA && type != EVP_PKEY_EC) || at != der.data() + der.size()) {
    return fail(Error::key_invalid, "not a private key in DER");
  }
  PrivateKey out(std::move(key));
  if (!out.is_rsa() && out.bits() != 256 && out.bits() != 384)
    return fail(Error::key_invalid, "unknown curve");
  return out;
}

Result<Bytes> PrivateKey::to_der() const {
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(key_.get(), &der);
  if (size <= 0) return crypto_failure("DER");
  Bytes out(der, der + size);
  OPENSSL_clear_free(der, static_cast<std::size_t>(size));
  return out;
}

bool PrivateKey::is_rsa() const { return EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA; }

unsigned PrivateKey::bits() const { return static_cast<unsigned>(EVP_PKEY_get_bits(key_.get())); }

Result<Bytes> PrivateKey::number(const char* parameter) const {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key_.get(), parameter, &raw) != 1) return crypto_failure(parameter);
  const BigNumber value(raw);
  Bytes out(static_cast<std::size_t>(BN_num_bytes(value.get())));
  BN_bn2bin(value.get(), out.data());
  return out;
}

Result<Bytes> PrivateKey::modulus() const { return number(OSSL_PKEY_PARAM_RSA_N); }

Result<Bytes> PrivateKey::point() const {
  Bytes out(2 * 66 + 1);  // room for P-521
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, out.data(), out.size(), &size) !=
      1) {
    return crypto_failure("EC point");
  }
  out.resize(size);
  return out;
}

Result<Bytes> PrivateKey::rsa_raw(ByteView block) const {
  if (!is_rsa() || block.size() * 8 != bits()) return Error::invalid_argument;
  return rsa_private(key_.get(), block, false, RSA_NO_PADDING);
}

Result<Bytes> PrivateKey::rsa_sign_pkcs1(ByteView digest_info) const {
  if (!is_rsa()) return Error::invalid_argument;
  return rsa_private(key_.get(), digest_info, true, RSA_PKCS1_PADDING);
}

Result<Bytes> PrivateKey::rsa_decrypt_pkcs1(ByteView cryptogram) const {
  if (!is_rsa() || cryptogram.size() * 8 != bits()) return Error::invalid_argument;
  return rsa_private(key_.get(), cryptogram, false, RSA_PKCS1_PADDING);
}

Result<Bytes> PrivateKey::rsa_sign_pss(ByteView digest) const {
  const EVP_MD* hash = digest_of_size(digest.size());
  Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  if (hash == nullptr || !is_rsa()) return Error::invalid_argument;
  if (!context || EVP_PKEY_sign_init(context.get()) <= 0 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) <= 0 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), hash) <= 0 ||
      EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) <= 0) {
    return crypto_failure("PSS context");
  }
  return run(EVP_PKEY_sign, context.get(), digest);
}

Result<Bytes> PrivateKey::ecdsa_sign(ByteView digest) const {
  if (is_rsa()) return Error::invalid_argument;
  Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  if (!context || EVP_PKEY_sign_init(context.get()) <= 0) return crypto_failure("ECDSA context");
  return run(EVP_PKEY_sign, context.get(), digest);
}

Result<Bytes> PrivateKey::multiply(ByteView uncompressed_point) const {
  if (is_rsa()) return Error::invalid_argument;
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY, &raw) != 1) return crypto_failure("scalar");
  const BigNumber scalar(raw);
  const Group group(EC_GROUP_new_by_curve_name(curve_nid(bits() == 256 ? EcCurve::p256 : EcCurve::p384)));
  const Point theirs(EC_POINT_new(group.get()));
  const Point shared(EC_POINT_new(group.get()));
  if (EC_POINT_oct2point(group.get(), theirs.get(), uncompressed_point.data(), uncompressed_point.size(),
                         nullptr) != 1) {
    return fail(Error::invalid_argument, "not a point of the curve");
  }
  if (EC_POINT_mul(group.get(), shared.get(), nullptr, theirs.get(), scalar.get(), nullptr) != 1) {
    return crypto_failure("point multiplication");
  }
  Bytes out(1 + 2 * ((bits() + 7) / 8));
  if (EC_POINT_point2oct(group.get(), shared.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(),
                         nullptr) != out.size()) {
    return crypto_failure("shared point");
  }
  return out;
}

Result<EcCurve> curve_of_prime(ByteView prime) {
  for (const EcCurve curve : {EcCurve::p256, EcCurve::p384}) {
    const Group group(EC_GROUP_new_by_curve_name(curve_nid(curve)));
    const BigNumber field(BN_new());
    if (EC_GROUP_get_curve(group.get(), field.get(), nullptr, nullptr, nullptr) != 1) continue;
    Bytes known(static_cast<std::size_t>(BN_num_bytes(field.get())));
    BN_bn2bin(field.get(), known.data());
    if (to_bytes(prime) == known) return curve;
  }
  return fail(Error::not_supported, "unknown curve");
}

}  // namespace cardea::virtual_card
