// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hash.h"

#include <algorithm>

#include "core/crypto/gcrypt/library.h"
#include "core/crypto/require.h"

namespace cardea::crypto {
namespace {

gcrypt::Digest start(int algorithm, unsigned flags) {
  gcrypt::initialise();
  gcry_md_hd_t handle = nullptr;
  require(gcry_md_open(&handle, algorithm, flags) == 0);
  return gcrypt::Digest(handle);  // closing it wipes its state
}

void finish_into(gcry_md_hd_t handle, int algorithm, ByteParts parts, MutableBytes out) {
  for (const ByteView part : parts)
    gcry_md_write(handle, part.data(), part.size());
  const std::uint8_t* const digest = gcry_md_read(handle, algorithm);
  require(digest != nullptr && gcry_md_get_algo_dlen(algorithm) == out.size());
  std::copy_n(digest, out.size(), out.begin());
}

void hash_into(int algorithm, ByteParts parts, MutableBytes out) {
  finish_into(start(algorithm, 0).get(), algorithm, parts, out);
}

void hmac_into(int algorithm, ByteView key, ByteParts parts, MutableBytes out) {
  static constexpr std::uint8_t kNothing = 0;
  const gcrypt::Digest context = start(algorithm, GCRY_MD_FLAG_HMAC);
  require(gcry_md_setkey(context.get(), key.empty() ? &kNothing : key.data(), key.size()) == 0);
  finish_into(context.get(), algorithm, parts, out);
}

}  // namespace

Sha256Digest sha256(ByteParts parts) {
  Sha256Digest out;
  hash_into(GCRY_MD_SHA256, parts, out);
  return out;
}

Sha512Digest sha512(ByteParts parts) {
  Sha512Digest out;
  hash_into(GCRY_MD_SHA512, parts, out);
  return out;
}

void sha512_into(ByteParts parts, std::span<std::uint8_t, 64> out) { hash_into(GCRY_MD_SHA512, parts, out); }

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
  hmac_into(GCRY_MD_SHA256, key, parts, out);
}

void hmac_sha512_into(ByteView key, ByteParts parts, std::span<std::uint8_t, 64> out) {
  hmac_into(GCRY_MD_SHA512, key, parts, out);
}

}  // namespace cardea::crypto
