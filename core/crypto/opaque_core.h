// SPDX-License-Identifier: Apache-2.0
// What both halves of OPAQUE-3DH compute alike (RFC 9807 sections 4 and 6). Internal to core/crypto.
#pragma once

#include "core/crypto/opaque_client.h"

namespace cardea::crypto {

struct OpaqueKeyPair {
  RistrettoScalar private_key;
  OpaqueElement public_key{};
};

// DeriveDiffieHellmanKeyPair, section 6.4.1; `seed` is 32 bytes.
Result<OpaqueKeyPair> opaque_derive_key_pair(ByteView seed);

// Identities at most 65,535 bytes, the context at most 255: Error::limit_exceeded.
Status opaque_check(const OpaqueIdentities& identities, std::string_view context);
// The identities with empty ones replaced by the public keys.
OpaqueIdentities opaque_resolve(const OpaqueIdentities& given, ByteView server_public_key,
                                ByteView client_public_key);

// XORs the credential response pad (section 6.3.2) over `text`: masks and unmasks.
Status opaque_mask(const SecretArray<64>& masking_key, const OpaqueNonce& masking_nonce,
                   std::span<std::uint8_t, Ke2::kMaskedSize> text);

// What the three Diffie-Hellman values and the transcript give (section 6.4.2).
struct OpaqueHandshake {
  OpaqueMac server_mac{};
  SecretArray<64> client_mac;
  SecretArray<64> session_key;
};
// `ke2` without its MAC; `identities` resolved.
Result<OpaqueHandshake> opaque_handshake(const Ke1& ke1, const Ke2& ke2, const OpaqueIdentities& identities,
                                         std::string_view context, const SecretArray<96>& dh_values);

}  // namespace cardea::crypto
