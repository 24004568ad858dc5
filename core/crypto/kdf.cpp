// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/kdf.h"

#include "core/crypto/hash.h"
#include "core/crypto/require.h"

namespace cardea::crypto {

// RFC 5869 section 2.2: extract is HMAC with the salt as key; an empty salt equals one of zeros, because HMAC
// pads its key with zeros.
SecretArray<32> hkdf_sha256_extract(ByteView salt, ByteView secret) {
  SecretArray<32> out;
  hmac_sha256_into(salt, {secret}, out.expose_mutable());
  return out;
}

SecretArray<64> hkdf_sha512_extract(ByteView salt, ByteView secret) {
  SecretArray<64> out;
  hmac_sha512_into(salt, {secret}, out.expose_mutable());
  return out;
}

Result<SecretBytes> hkdf_sha256_expand(ByteView pseudorandom_key, ByteView info, std::size_t size) {
  if (size > std::size_t{255} * 32) return Error::limit_exceeded;
  SecretBytes out(size);
  TRY(hkdf_sha256_expand_into(pseudorandom_key, info, out.expose_mutable()));
  return out;
}

Result<SecretBytes> hkdf_sha512_expand(ByteView pseudorandom_key, ByteView info, std::size_t size) {
  if (size > std::size_t{255} * 64) return Error::limit_exceeded;
  SecretBytes out(size);
  TRY(hkdf_sha512_expand_into(pseudorandom_key, info, out.expose_mutable()));
  return out;
}

Result<SecretBytes> hkdf_sha256(ByteView secret, ByteView salt, ByteView info, std::size_t size) {
  return hkdf_sha256_expand(hkdf_sha256_extract(salt, secret).expose(), info, size);
}

SecretKey32 derive_key(ByteView secret, Label label, ByteView context) {
  Bytes info = to_bytes(label.bytes());
  info.insert(info.end(), context.begin(), context.end());
  SecretKey32 out;
  require(hkdf_sha256_expand_into(hkdf_sha256_extract({}, secret).expose(), info, out.expose_mutable()).ok());
  return out;
}

}  // namespace cardea::crypto
