// SPDX-License-Identifier: Apache-2.0
// HKDF (RFC 5869) with SHA-256 and SHA-512, and derive_key, the one way in which all other folders make a key
// out of a secret. HPKE and OPAQUE use the extract and expand steps.
#pragma once

#include "core/base/secret.h"
#include "core/crypto/label.h"

namespace cardea::crypto {

// Longest `info`; the longest one of ours is a label and an encoded ObjectContext.
inline constexpr std::size_t kHkdfMaxInfo = 1024;

SecretArray<32> hkdf_sha256_extract(ByteView salt, ByteView secret);
SecretArray<64> hkdf_sha512_extract(ByteView salt, ByteView secret);
// 1 to 255 hash lengths of key material (RFC 5869 section 2.3) and at most kHkdfMaxInfo bytes of info, else
// Error::limit_exceeded.
Result<SecretBytes> hkdf_sha256_expand(ByteView pseudorandom_key, ByteView info, std::size_t size);
Result<SecretBytes> hkdf_sha512_expand(ByteView pseudorandom_key, ByteView info, std::size_t size);
// The same into the caller's memory, whose size is the wanted size.
Status hkdf_sha256_expand_into(ByteView pseudorandom_key, ByteView info, MutableBytes out);
Status hkdf_sha512_expand_into(ByteView pseudorandom_key, ByteView info, MutableBytes out);
// Extract and expand in one.
Result<SecretBytes> hkdf_sha256(ByteView secret, ByteView salt, ByteView info, std::size_t size);

// HKDF-SHA256(secret, no salt, info = label || context), 32 bytes (docs/spec/conventions.md). `secret` has at
// least 120 bits of entropy: passwords go through OPAQUE. A context that makes the info longer than
// kHkdfMaxInfo is a bug of the caller and ends the process; encode(ObjectContext) never does.
SecretKey32 derive_key(ByteView secret, Label label, ByteView context);

}  // namespace cardea::crypto
