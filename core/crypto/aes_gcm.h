// SPDX-License-Identifier: Apache-2.0
// AES-GCM (NIST SP 800-38D) with 96-bit nonces and 128-bit tags, the AEAD below the envelopes and HPKE.
// Nobody else calls it: use envelope.h, which can't repeat a nonce and commits to its key.
#pragma once

#include "core/base/secret.h"

namespace cardea::crypto {

inline constexpr std::size_t kAesGcmNonceSize = 12;
inline constexpr std::size_t kAesGcmTagSize = 16;

// `key` is 16 or 32 bytes (Error::key_invalid), `nonce` 12 bytes (Error::invalid_argument), the texts are at
// most 16 MiB (Error::limit_exceeded). Returns ciphertext || tag.
Result<Bytes> aes_gcm_seal(ByteView key, ByteView nonce, ByteView associated_data, ByteView plaintext);
// `sealed` is ciphertext || tag. Error::decrypt_failed when the tag does not fit; nothing is returned then.
Result<SecretBytes> aes_gcm_open(ByteView key, ByteView nonce, ByteView associated_data, ByteView sealed);
// The same into memory of the caller, which must be as long as the plaintext (else Error::decrypt_failed) and
// is zeros after a failure.
Status aes_gcm_open_into(ByteView key, ByteView nonce, ByteView associated_data, ByteView sealed,
                         MutableBytes out);

}  // namespace cardea::crypto
