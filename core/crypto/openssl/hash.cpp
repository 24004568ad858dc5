// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hash.h"

#include <openssl/core_names.h>

#include "core/crypto/openssl/handles.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

using openssl::data_or_empty;

// Fetched once: looking an algorithm up by name costs more than hashing a short text.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  return method;
}

const EVP_MD* sha512_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA2-512", nullptr);
  return method;
}

void hash_into(const EVP_MD* method, ByteParts parts, MutableBytes out) {
  const openssl::Digest context(EVP_MD_CTX_new());
  require(method != nullptr && context != nullptr && EVP_DigestInit_ex2(context.get(), method, nullptr) == 1);
  for (const ByteView part : parts) {
    require(EVP_DigestUpdate(context.get(), data_or_empty(part), part.size()) == 1);
  }
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1 && size == out.size());
}

void hmac_into(const char* digest, ByteView key, ByteParts parts, MutableBytes out) {
  static EVP_MAC* const method = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  require(method != nullptr);
  const openssl::Mac context(EVP_MAC_CTX_new(method));
  const std::array<OSSL_PARAM, 2> params{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
      OSSL_PARAM_construct_end()};
  require(context != nullptr &&
          EVP_MAC_init(context.get(), data_or_empty(key), key.size(), params.data()) == 1);
  for (const ByteView part : parts) {
    require(EVP_MAC_update(context.get(), data_or_empty(part), part.size()) == 1);
  }
  std::size_t size = 0;
  require(EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1 && size == out.size());
}

}  // namespace

Sha256Digest sha256(ByteParts parts) {
  Sha256Digest out;
  hash_into(sha256_method(), parts, out);
  return out;
}

Sha512Digest sha512(ByteParts parts) {
  Sha512Digest out;
  hash_into(sha512_method(), parts, out);
  return out;
}

void sha512_into(ByteParts parts, std::span<std::uint8_t, 64> out) { hash_into(sha512_method(), parts, out); }

Sha256Digest hmac_sha256(ByteView key, ByteParts parts) {
  Sha256Digest out;
  hmac_sha256_into(key, parts, out);
  return out;
}

Sha512Digest hmac_sha512(ByteView key, ByteParts parts) {
  Sha512Digest out;
  hmac_sha512_into(key, parts, out);
  return out;
}

void hmac_sha256_into(ByteView key, ByteParts parts, std::span<std::uint8_t, 32> out) {
  hmac_into("SHA2-256", key, parts, out);
}

void hmac_sha512_into(ByteView key, ByteParts parts, std::span<std::uint8_t, 64> out) {
  hmac_into("SHA2-512", key, parts, out);
}

}  // namespace cardea::crypto
