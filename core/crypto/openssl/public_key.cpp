// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <openssl/core_names.h>
#include <openssl/x509.h>

#include "core/crypto/ed25519_encoding.h"
#include "core/crypto/openssl/p256_key.h"
#include "core/crypto/p256.h"
#include "core/crypto/require.h"
#include "core/crypto/rsa.h"
#include "core/crypto/signature.h"

namespace cardea::crypto {
namespace {

// A 4,096-bit RSA key with a 64-bit exponent has 559 bytes.
constexpr std::size_t kMaxSpki = 600;
constexpr std::size_t kEd25519PointSize = 32;  // the end of its SubjectPublicKeyInfo

Bytes encode_spki(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return {};
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

// FIPS 186-5 section 5.1 wants 2^16 < e < 2^256 and odd; 64 bits are more than any card makes.
bool rsa_acceptable(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < static_cast<int>(kMinRsaBits) || bits > static_cast<int>(kMaxRsaBits)) return false;
  BIGNUM* modulus_raw = nullptr;
  BIGNUM* exponent_raw = nullptr;
  const bool got = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus_raw) == 1 &&
                   EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent_raw) == 1;
  const openssl::Bignum modulus(modulus_raw);
  const openssl::Bignum exponent(exponent_raw);
  return got && BN_is_odd(modulus.get()) && BN_is_odd(exponent.get()) && BN_num_bits(exponent.get()) >= 17 &&
         BN_num_bits(exponent.get()) <= 64;
}

openssl::Pkey parse_rsa(ByteView der) {
  const unsigned char* at = der.data();
  openssl::Pkey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  const bool whole = key != nullptr && at == der.data() + der.size();
  if (!whole || EVP_PKEY_is_a(key.get(), "RSA") != 1 || !rsa_acceptable(key.get())) return nullptr;
  // The parser reads BER; another spelling of the same key would be another card_id.
  if (!std::ranges::equal(encode_spki(key.get()), der)) return nullptr;
  return key;
}

}  // namespace

struct PublicKey::Impl {
  KeyKind kind = KeyKind::p256;
  Bytes spki;
  openssl::Pkey key;
};

// P-256 and Ed25519 have one canonical spelling each, which is checked byte by byte. d2i_PUBKEY asks every
// decoder of OpenSSL 3 and takes several times as long as the signature that is then verified, so it is left
// to RSA.
Result<PublicKey> PublicKey::from_spki(ByteView der) {
  if (der.empty() || der.size() > kMaxSpki) return Error::key_invalid;
  const openssl::ErrorScope errors;
  auto impl = std::make_shared<Impl>();
  if (const auto point = p256_point_from_spki(der); point.ok()) {
    impl->kind = KeyKind::p256;
    impl->key = openssl::p256_public_key(*point);
  } else if (ed25519_check_spki(der).ok()) {
    impl->kind = KeyKind::ed25519;
    const ByteView raw = der.last(kEd25519PointSize);
    impl->key.reset(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, raw.data(), raw.size()));
  } else {
    impl->kind = KeyKind::rsa;
    impl->key = parse_rsa(der);
  }
  if (impl->key == nullptr) return Error::key_invalid;
  impl->spki = to_bytes(der);
  return PublicKey(std::move(impl));
}

KeyKind PublicKey::kind() const noexcept { return impl_->kind; }
const Bytes& PublicKey::spki() const noexcept { return impl_->spki; }

std::size_t PublicKey::bits() const noexcept {
  switch (impl_->kind) {
    case KeyKind::p256:
      return 256;
    case KeyKind::ed25519:
      return 255;
    case KeyKind::rsa:
      break;
  }
  return static_cast<std::size_t>(EVP_PKEY_get_bits(impl_->key.get()));
}

Status PublicKey::verify(ByteView message, ByteView signature) const {
  if (impl_->kind == KeyKind::p256) {
    TRY_ASSIGN(const Bytes der, ecdsa_to_der(signature));
    return verify_der(message, der);
  }
  const std::size_t expected = impl_->kind == KeyKind::ed25519 ? 64 : (bits() + 7) / 8;
  if (signature.size() != expected) return Error::signature_invalid;
  const openssl::ErrorScope errors;
  const openssl::Digest context(EVP_MD_CTX_new());
  const char* const digest = impl_->kind == KeyKind::ed25519 ? nullptr : "SHA2-256";
  EVP_PKEY_CTX* parameters = nullptr;
  require(context != nullptr && EVP_DigestVerifyInit_ex(context.get(), &parameters, digest, nullptr, nullptr,
                                                        impl_->key.get(), nullptr) == 1);
  if (impl_->kind == KeyKind::rsa) require(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1);
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), openssl::data_or_empty(message),
                       message.size()) != 1) {
    return Error::signature_invalid;
  }
  return {};
}

Status PublicKey::verify_der(ByteView message, ByteView signature) const {
  if (impl_->kind != KeyKind::p256) return Error::not_supported;
  TRY(ecdsa_from_der(signature));  // strict DER, whatever the library would take
  const openssl::ErrorScope errors;
  const openssl::Digest context(EVP_MD_CTX_new());
  require(context != nullptr && EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA2-256", nullptr, nullptr,
                                                        impl_->key.get(), nullptr) == 1);
  if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), openssl::data_or_empty(message),
                       message.size()) != 1) {
    return Error::signature_invalid;
  }
  return {};
}

}  // namespace cardea::crypto
