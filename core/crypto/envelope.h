// SPDX-License-Identifier: Apache-2.0
// The AEAD envelope (docs/spec/envelopes.md): how records, holders and local secrets are sealed under a
// secret key. Layout: u8 format version (1) || u8 suite (1) || 32-byte key commitment || 12-byte nonce ||
// ciphertext and tag. Called by core/records, core/access_key, recoveryd and cli.
#pragma once

#include "core/base/random.h"
#include "core/base/secret.h"
#include "core/crypto/context.h"
#include "core/crypto/label.h"

namespace cardea::crypto {

inline constexpr std::uint8_t kEnvelopeVersion = 1;
enum class Suite : std::uint8_t { aead = 1, hpke = 2, rsa = 3 };

inline constexpr std::size_t kMaxPlaintext = std::size_t{1} << 20;
inline constexpr std::size_t kMaxSealContext = 960;  // label and context fit kHkdfMaxInfo
inline constexpr std::size_t kEnvelopeOverhead = 2 + 32 + 12 + 16;

// Seals under derive_key(secret, label, context). `secret` is 15 to 1,024 bytes, the plaintext at most
// kMaxPlaintext, the context at most kMaxSealContext; else Error::invalid_argument or Error::limit_exceeded.
Result<Bytes> seal(ByteView secret, Label label, ByteView context, ByteView plaintext, Random& random);
// Error::unknown_format for another version or suite, Error::decrypt_failed for everything else that does not
// open: another secret, label, context, a changed byte or length.
Result<SecretBytes> open(ByteView secret, Label label, ByteView context, ByteView envelope);
// The same for a sealed key of 32 bytes; Error::decrypt_failed for any other size. A server opens one for
// each signed request: locked memory, which SecretBytes has, would cost it five system calls and a TLB flush
// on all processors.
Result<SecretKey32> open_key(ByteView secret, Label label, ByteView context, ByteView envelope);

}  // namespace cardea::crypto
