// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/opaque_client.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/crypto/hash.h"
#include "core/crypto/kdf.h"
#include "core/crypto/opaque_core.h"

namespace cardea::crypto {
namespace {

// What the randomised password and the envelope nonce give (RFC 9807 section 4.1).
struct ClientKeys {
  SecretArray<64> auth_key;
  SecretArray<64> export_key;
  OpaqueKeyPair pair;
};

Result<SecretArray<64>> randomised_password(ByteView password, const RistrettoScalar& blind,
                                            ByteView evaluated, const KeyStretch& stretch) {
  TRY_ASSIGN(const SecretArray<64> output, oprf_finalize(password, blind, evaluated));
  TRY_ASSIGN(const SecretArray<64> stretched, stretch(output));
  SecretArray<64> out;
  hmac_sha512_into({}, {output.expose(), stretched.expose()},
                   out.expose_mutable());  // Extract with an empty salt
  return out;
}

Result<ClientKeys> client_keys(const SecretArray<64>& randomised, const OpaqueNonce& nonce) {
  const auto info = [&nonce](std::string_view label) { return ByteBuilder().raw(nonce).raw(label).take(); };
  ClientKeys out;
  SecretKey32 seed;
  TRY(hkdf_sha512_expand_into(randomised.expose(), info("AuthKey"), out.auth_key.expose_mutable()));
  TRY(hkdf_sha512_expand_into(randomised.expose(), info("ExportKey"), out.export_key.expose_mutable()));
  TRY(hkdf_sha512_expand_into(randomised.expose(), info("PrivateKey"), seed.expose_mutable()));
  TRY_ASSIGN(out.pair, opaque_derive_key_pair(seed.expose()));
  return out;
}

Result<SecretArray<64>> masking_key(const SecretArray<64>& randomised) {
  SecretArray<64> out;
  TRY(hkdf_sha512_expand_into(randomised.expose(), as_bytes("MaskingKey"), out.expose_mutable()));
  return out;
}

OpaqueMac envelope_tag(const ClientKeys& keys, const OpaqueNonce& nonce, ByteView server_public_key,
                       const OpaqueIdentities& identities) {
  const Bytes credentials =
      ByteBuilder().raw(server_public_key).lp(identities.server).lp(identities.client).take();
  return hmac_sha512(keys.auth_key.expose(), {nonce, credentials});
}

// Opens the envelope: the keys, if its tag fits. Everything that does not is the same error.
Result<ClientKeys> recover(const SecretArray<64>& randomised, const OpaqueEnvelope& envelope,
                           ByteView server_public_key, const OpaqueIdentities& identities) {
  TRY_ASSIGN(ClientKeys keys, client_keys(randomised, envelope.nonce));
  const OpaqueMac expected =
      envelope_tag(keys, envelope.nonce, server_public_key,
                   opaque_resolve(identities, server_public_key, keys.pair.public_key));
  if (!equal_constant_time(expected, envelope.auth_tag)) return Error::identity_not_accepted;
  return keys;
}

Status check_password(ByteView password) {
  if (password.empty()) return Error::invalid_argument;
  if (password.size() > 0xffff) return Error::limit_exceeded;
  return {};
}

// The first three parts of a KE2's content that only the right password reveals.
struct Unmasked {
  OpaqueElement server_public_key{};
  OpaqueEnvelope envelope;
};

Result<Unmasked> unmask(const SecretArray<64>& randomised, const Ke2& ke2) {
  TRY_ASSIGN(const SecretArray<64> key, masking_key(randomised));
  SecretArray<Ke2::kMaskedSize> text(ke2.masked_response);
  TRY(opaque_mask(key, ke2.masking_nonce, text.expose_mutable()));
  Unmasked out;
  const auto from = text.expose();
  std::copy_n(from.begin(), 32, out.server_public_key.begin());
  std::copy_n(from.begin() + 32, 32, out.envelope.nonce.begin());
  std::copy_n(from.begin() + 64, 64, out.envelope.auth_tag.begin());
  return out;
}

Result<SecretArray<96>> client_dh(const RistrettoScalar& keyshare, const RistrettoScalar& client_private_key,
                                  ByteView server_keyshare, ByteView server_public_key) {
  TRY_ASSIGN(const auto first, ristretto_dh(keyshare, server_keyshare));
  TRY_ASSIGN(const auto second, ristretto_dh(keyshare, server_public_key));
  TRY_ASSIGN(const auto third, ristretto_dh(client_private_key, server_keyshare));
  SecretArray<96> out;
  auto at = std::ranges::copy(first.expose(), out.expose_mutable().begin()).out;
  at = std::ranges::copy(second.expose(), at).out;
  std::ranges::copy(third.expose(), at);
  return out;
}

}  // namespace

Result<KeyStretch> argon2id_stretch(Argon2idCost cost) {
  TRY(check_argon2id_cost(cost));
  return KeyStretch([cost](const SecretArray<64>& oprf_output) -> Result<SecretArray<64>> {
    static constexpr std::array<std::uint8_t, 16> kZeroSalt{};  // the OPRF output is salted already
    TRY_ASSIGN(const SecretBytes out, argon2id(oprf_output.expose(), kZeroSalt, cost, 64));
    return SecretArray<64>::from(out.expose());
  });
}

Result<OpaqueClientRegistration> OpaqueClientRegistration::start(ByteView password, Random& random) {
  TRY(check_password(password));
  TRY_ASSIGN(OprfBlinded blinded, oprf_blind(password, random));
  OpaqueClientRegistration out;
  out.password_ = SecretBytes(password);
  out.blind_ = std::move(blinded.blind);
  out.request_.blinded_element = blinded.element;
  return out;
}

Result<OpaqueRegistered> OpaqueClientRegistration::finalize(const RegistrationResponse& response,
                                                            const OpaqueIdentities& identities,
                                                            const KeyStretch& stretch, Random& random) && {
  const OpaqueClientRegistration own = std::move(*this);  // wiped when this returns
  TRY(opaque_check(identities, {}));
  TRY(ristretto_element(response.server_public_key));
  TRY_ASSIGN(const SecretArray<64> randomised,
             randomised_password(own.password_.expose(), own.blind_, response.evaluated_element, stretch));
  OpaqueRegistered out;
  random.fill(out.record.envelope.nonce);
  TRY_ASSIGN(ClientKeys keys, client_keys(randomised, out.record.envelope.nonce));
  const OpaqueIdentities resolved =
      opaque_resolve(identities, response.server_public_key, keys.pair.public_key);
  out.record.envelope.auth_tag =
      envelope_tag(keys, out.record.envelope.nonce, response.server_public_key, resolved);
  out.record.client_public_key = keys.pair.public_key;
  TRY_ASSIGN(out.record.masking_key, masking_key(randomised));
  out.export_key = std::move(keys.export_key);
  out.server_public_key = response.server_public_key;
  return out;
}

Result<OpaqueClientLogin> OpaqueClientLogin::start(ByteView password, Random& random) {
  TRY(check_password(password));
  TRY_ASSIGN(OprfBlinded blinded, oprf_blind(password, random));
  OpaqueClientLogin out;
  out.password_ = SecretBytes(password);
  out.blind_ = std::move(blinded.blind);
  out.ke1_.blinded_element = blinded.element;
  random.fill(out.ke1_.client_nonce);
  const auto seed = random.secret<32>();
  TRY_ASSIGN(OpaqueKeyPair keyshare, opaque_derive_key_pair(seed.expose()));
  out.keyshare_private_ = std::move(keyshare.private_key);
  out.ke1_.client_keyshare = keyshare.public_key;
  return out;
}

Result<OpaqueClientSession> OpaqueClientLogin::finish(const Ke2& ke2, const OpaqueIdentities& identities,
                                                      const KeyStretch& stretch,
                                                      std::string_view context) && {
  const OpaqueClientLogin own = std::move(*this);
  TRY(opaque_check(identities, context));
  if (!ristretto_element(ke2.evaluated_element).ok()) return Error::identity_not_accepted;
  TRY_ASSIGN(const SecretArray<64> randomised,
             randomised_password(own.password_.expose(), own.blind_, ke2.evaluated_element, stretch));
  TRY_ASSIGN(const Unmasked unmasked, unmask(randomised, ke2));
  TRY_ASSIGN(ClientKeys keys, recover(randomised, unmasked.envelope, unmasked.server_public_key, identities));
  const auto dh_values = client_dh(own.keyshare_private_, keys.pair.private_key, ke2.server_keyshare,
                                   unmasked.server_public_key);
  if (!dh_values.ok()) return Error::identity_not_accepted;
  const auto resolved = opaque_resolve(identities, unmasked.server_public_key, keys.pair.public_key);
  TRY_ASSIGN(OpaqueHandshake handshake, opaque_handshake(own.ke1_, ke2, resolved, context, *dh_values));
  if (!equal_constant_time(handshake.server_mac, ke2.server_mac)) return Error::identity_not_accepted;
  OpaqueClientSession out;
  std::ranges::copy(handshake.client_mac.expose(), out.ke3.client_mac.begin());
  out.session_key = std::move(handshake.session_key);
  out.export_key = std::move(keys.export_key);
  out.server_public_key = unmasked.server_public_key;
  return out;
}

}  // namespace cardea::crypto
