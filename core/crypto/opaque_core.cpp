// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/opaque_core.h"

#include "core/base/byte_builder.h"
#include "core/crypto/hash.h"
#include "core/crypto/kdf.h"

namespace cardea::crypto {
namespace {

// Derive-Secret, that is Expand-Label with 64 bytes (section 6.4.2): u16 length || u8-prefixed "OPAQUE-"
// label || u8-prefixed transcript hash.
Result<SecretArray<64>> derive_secret(const SecretArray<64>& secret, std::string_view label,
                                      ByteView transcript_hash) {
  const std::string full = "OPAQUE-" + std::string(label);
  const Bytes info = ByteBuilder()
                         .u16(64)
                         .u8(static_cast<std::uint8_t>(full.size()))
                         .raw(full)
                         .u8(static_cast<std::uint8_t>(transcript_hash.size()))
                         .raw(transcript_hash)
                         .take();
  SecretArray<64> out;
  TRY(hkdf_sha512_expand_into(secret.expose(), info, out.expose_mutable()));
  return out;
}

Bytes preamble(const Ke1& ke1, const Ke2& ke2, const OpaqueIdentities& identities, std::string_view context) {
  return ByteBuilder()
      .raw("OPAQUEv1-")
      .lp(context)
      .lp(identities.client)
      .raw(ke1.serialise())
      .lp(identities.server)
      .raw(ke2.evaluated_element)
      .raw(ke2.masking_nonce)
      .raw(ke2.masked_response)
      .raw(ke2.server_nonce)
      .raw(ke2.server_keyshare)
      .take();
}

}  // namespace

Result<OpaqueKeyPair> opaque_derive_key_pair(ByteView seed) {
  OpaqueKeyPair out;
  TRY_ASSIGN(out.private_key, oprf_derive_key(seed, as_bytes("OPAQUE-DeriveDiffieHellmanKeyPair")));
  TRY_ASSIGN(out.public_key, ristretto_multiply_base(out.private_key));
  return out;
}

Status opaque_check(const OpaqueIdentities& identities, std::string_view context) {
  if (identities.server.size() > 0xffff || identities.client.size() > 0xffff || context.size() > 255) {
    return Error::limit_exceeded;
  }
  return {};
}

OpaqueIdentities opaque_resolve(const OpaqueIdentities& given, ByteView server_public_key,
                                ByteView client_public_key) {
  return {given.server.empty() ? server_public_key : given.server,
          given.client.empty() ? client_public_key : given.client};
}

Status opaque_mask(const SecretArray<64>& masking_key, const OpaqueNonce& masking_nonce,
                   std::span<std::uint8_t, Ke2::kMaskedSize> text) {
  SecretArray<Ke2::kMaskedSize> pad;
  TRY(hkdf_sha512_expand_into(masking_key.expose(),
                              ByteBuilder().raw(masking_nonce).raw("CredentialResponsePad").view(),
                              pad.expose_mutable()));
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<std::uint8_t>(text[i] ^ pad.expose()[i]);
  return {};
}

Result<OpaqueHandshake> opaque_handshake(const Ke1& ke1, const Ke2& ke2, const OpaqueIdentities& identities,
                                         std::string_view context, const SecretArray<96>& dh_values) {
  const Bytes transcript = preamble(ke1, ke2, identities, context);
  const Sha512Digest transcript_hash = sha512({transcript});
  const SecretArray<64> key = hkdf_sha512_extract({}, dh_values.expose());
  TRY_ASSIGN(const SecretArray<64> handshake_secret, derive_secret(key, "HandshakeSecret", transcript_hash));
  TRY_ASSIGN(const SecretArray<64> server_key, derive_secret(handshake_secret, "ServerMAC", {}));
  TRY_ASSIGN(const SecretArray<64> client_key, derive_secret(handshake_secret, "ClientMAC", {}));
  OpaqueHandshake out;
  TRY_ASSIGN(out.session_key, derive_secret(key, "SessionKey", transcript_hash));
  out.server_mac = hmac_sha512(server_key.expose(), {transcript_hash});
  hmac_sha512_into(client_key.expose(), {sha512({transcript, out.server_mac})},
                   out.client_mac.expose_mutable());
  return out;
}

}  // namespace cardea::crypto
