// SPDX-License-Identifier: Apache-2.0
#include <openssl/core_names.h>

#include "core/crypto/kdf.h"
#include "core/crypto/openssl/handles.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

Status expand_into(const char* digest, std::size_t digest_size, ByteView key, ByteView info,
                   MutableBytes out) {
  if (out.empty() || out.size() > 255 * digest_size || info.size() > kHkdfMaxInfo)
    return Error::limit_exceeded;
  if (key.empty()) return Error::invalid_argument;
  static EVP_KDF* const method = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  require(method != nullptr);
  const openssl::Kdf context(EVP_KDF_CTX_new(method));
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  // The library takes these as not const and only reads them.
  const std::array<OSSL_PARAM, 5> params{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(digest), 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<std::uint8_t*>(key.data()),
                                        key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
                                        const_cast<std::uint8_t*>(openssl::data_or_empty(info)), info.size()),
      OSSL_PARAM_construct_end()};
  require(context != nullptr && EVP_KDF_derive(context.get(), out.data(), out.size(), params.data()) == 1);
  return {};
}

}  // namespace

Status hkdf_sha256_expand_into(ByteView pseudorandom_key, ByteView info, MutableBytes out) {
  return expand_into("SHA2-256", 32, pseudorandom_key, info, out);
}

Status hkdf_sha512_expand_into(ByteView pseudorandom_key, ByteView info, MutableBytes out) {
  return expand_into("SHA2-512", 64, pseudorandom_key, info, out);
}

}  // namespace cardea::crypto
