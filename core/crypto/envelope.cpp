// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/envelope.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/aes_gcm.h"
#include "core/crypto/hash.h"
#include "core/crypto/kdf.h"

namespace cardea::crypto {
namespace {

constexpr std::string_view kCommitLabel = "cardea/v1/commit";
constexpr std::array<std::uint8_t, 2> kHeader{kEnvelopeVersion, static_cast<std::uint8_t>(Suite::aead)};

// 120 bits are the least that any of our secrets has (an access key); passwords never come here.
Status check_inputs(ByteView secret, ByteView context) {
  if (secret.size() < 15) return Error::invalid_argument;
  if (secret.size() > 1024 || context.size() > kMaxSealContext) return Error::limit_exceeded;
  return {};
}

Sha256Digest commitment(const SecretKey32& key) {
  return hmac_sha256(key.expose(), {as_bytes(kCommitLabel)});
}

struct Parts {
  ByteView committed, nonce, sealed;  // sealed: ciphertext and tag
};

Result<Parts> split(ByteView envelope) {
  ByteReader reader(envelope);
  if (reader.u8() != kEnvelopeVersion || reader.u8() != static_cast<std::uint8_t>(Suite::aead)) {
    return Error::unknown_format;
  }
  Parts parts;
  parts.committed = reader.bytes(32);
  parts.nonce = reader.bytes(kAesGcmNonceSize);
  parts.sealed = reader.rest();
  if (!reader.good() || parts.sealed.size() < kAesGcmTagSize ||
      parts.sealed.size() > kMaxPlaintext + kAesGcmTagSize) {
    return Error::decrypt_failed;
  }
  return parts;
}

// GCM alone lets one ciphertext open under two keys: the commitment names the one, and stands before it.
Status derive_committed(ByteView secret, Label label, ByteView context, const Parts& parts,
                        SecretKey32& key) {
  key = derive_key(secret, label, context);
  if (!equal_constant_time(commitment(key), parts.committed)) return Error::decrypt_failed;
  return {};
}

Bytes associated_data(ByteView context) { return ByteBuilder().raw(kHeader).raw(context).take(); }

}  // namespace

Result<Bytes> seal(ByteView secret, Label label, ByteView context, ByteView plaintext, Random& random) {
  TRY(check_inputs(secret, context));
  if (plaintext.size() > kMaxPlaintext) return Error::limit_exceeded;
  const SecretKey32 key = derive_key(secret, label, context);
  const auto nonce = random.array<kAesGcmNonceSize>();
  TRY_ASSIGN(const Bytes sealed, aes_gcm_seal(key.expose(), nonce, associated_data(context), plaintext));
  return ByteBuilder().raw(kHeader).raw(commitment(key)).raw(nonce).raw(sealed).take();
}

Result<SecretBytes> open(ByteView secret, Label label, ByteView context, ByteView envelope) {
  TRY(check_inputs(secret, context));
  TRY_ASSIGN(const Parts parts, split(envelope));
  SecretKey32 key;
  TRY(derive_committed(secret, label, context, parts, key));
  return aes_gcm_open(key.expose(), parts.nonce, associated_data(context), parts.sealed);
}

Result<SecretKey32> open_key(ByteView secret, Label label, ByteView context, ByteView envelope) {
  TRY(check_inputs(secret, context));
  TRY_ASSIGN(const Parts parts, split(envelope));
  SecretKey32 key;
  TRY(derive_committed(secret, label, context, parts, key));
  SecretKey32 out;
  TRY(aes_gcm_open_into(key.expose(), parts.nonce, associated_data(context), parts.sealed,
                        out.expose_mutable()));
  return out;
}

}  // namespace cardea::crypto
