// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/host_crypto.h"

#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

namespace cardea::virtual_card {
namespace {

using Context = UniqueHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = UniqueHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Number = UniqueHandle<BIGNUM, BN_free>;

void must(int result, const char* what) {
  if (result <= 0) throw std::runtime_error(what);
}

UniqueHandle<EVP_PKEY, EVP_PKEY_free> from_parameters(const char* type, OSSL_PARAM_BLD* builder) {
  const UniqueHandle<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  must(EVP_PKEY_fromdata_init(context.get()), "fromdata");
  must(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()), "fromdata");
  return UniqueHandle<EVP_PKEY, EVP_PKEY_free>(key);
}

}  // namespace

HostKey HostKey::rsa(ByteView modulus, ByteView exponent) {
  const UniqueHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  const Number n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  const Number e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return HostKey(from_parameters("RSA", builder.get()));
}

HostKey HostKey::p256(ByteView point) {
  const UniqueHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return HostKey(from_parameters("EC", builder.get()));
}

HostKey HostKey::ephemeral_p256() { return HostKey(Handle(EVP_EC_gen("prime256v1"))); }

Bytes HostKey::point() const {
  Bytes out(65);
  std::size_t size = 0;
  must(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, out.data(), out.size(), &size),
       "point");
  return out;
}

bool HostKey::verifies_rsa_sha256(ByteView message, ByteView signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  must(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()), "verify");
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

bool HostKey::verifies_ecdsa(ByteView digest, ByteView r_and_s) const {
  const auto half = static_cast<int>(r_and_s.size() / 2);
  const UniqueHandle<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(r_and_s.data(), half, nullptr),
                 BN_bin2bn(r_and_s.data() + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  must(EVP_PKEY_verify_init(context.get()), "verify");
  const bool good =
      EVP_PKEY_verify(context.get(), der, static_cast<std::size_t>(size), digest.data(), digest.size()) == 1;
  OPENSSL_free(der);
  return good;
}

Bytes HostKey::encrypt_oaep_sha1(ByteView plain) const {
  const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  must(EVP_PKEY_encrypt_init(context.get()), "encrypt");
  must(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING), "OAEP");  // SHA-1 by default
  Bytes out(512);
  std::size_t size = out.size();
  must(EVP_PKEY_encrypt(context.get(), out.data(), &size, plain.data(), plain.size()), "encrypt");
  out.resize(size);
  return out;
}

Bytes HostKey::agree(const HostKey& other) const {
  const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  must(EVP_PKEY_derive_init(context.get()), "derive");
  must(EVP_PKEY_derive_set_peer(context.get(), other.key_.get()), "peer");
  Bytes out(66);
  std::size_t size = out.size();
  must(EVP_PKEY_derive(context.get(), out.data(), &size), "derive");
  out.resize(size);
  return out;
}

Bytes sha256(ByteView data) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

}  // namespace cardea::virtual_card
