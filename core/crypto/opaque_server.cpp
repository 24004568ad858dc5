// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/opaque_server.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/crypto/kdf.h"
#include "core/crypto/opaque_core.h"

namespace cardea::crypto {
namespace {

constexpr std::size_t kMaxCredentialIdentifier = 255;

Status check_identifier(ByteView identifier) {
  if (identifier.empty()) return Error::invalid_argument;
  if (identifier.size() > kMaxCredentialIdentifier) return Error::limit_exceeded;
  return {};
}

Result<SecretArray<96>> server_dh(const RistrettoScalar& keyshare, const RistrettoScalar& private_key,
                                  ByteView client_keyshare, ByteView client_public_key) {
  TRY_ASSIGN(const auto first, ristretto_dh(keyshare, client_keyshare));
  TRY_ASSIGN(const auto second, ristretto_dh(private_key, client_keyshare));
  TRY_ASSIGN(const auto third, ristretto_dh(keyshare, client_public_key));
  SecretArray<96> out;
  auto at = std::ranges::copy(first.expose(), out.expose_mutable().begin()).out;
  at = std::ranges::copy(second.expose(), at).out;
  std::ranges::copy(third.expose(), at);
  return out;
}

}  // namespace

Result<SecretArray<64>> OpaqueServerLogin::finish(const Ke3& ke3) && {
  OpaqueServerLogin own = std::move(*this);  // a second try finds zeros, see below
  static constexpr std::array<std::uint8_t, 64> kSpent{};
  if (equal_constant_time(own.expected_client_mac_.expose(), kSpent) ||
      !equal_constant_time(own.expected_client_mac_.expose(), ke3.client_mac)) {
    return Error::identity_not_accepted;
  }
  return std::move(own.session_key_);
}

SecretArray<OpaqueServerLogin::kStateSize> OpaqueServerLogin::state() const {
  SecretArray<kStateSize> out;
  const auto at = std::ranges::copy(expected_client_mac_.expose(), out.expose_mutable().begin()).out;
  std::ranges::copy(session_key_.expose(), at);
  return out;
}

OpaqueServerLogin OpaqueServerLogin::restore(const SecretArray<kStateSize>& state) {
  OpaqueServerLogin out;
  out.expected_client_mac_ = SecretArray<64>(state.expose().first<64>());
  out.session_key_ = SecretArray<64>(state.expose().last<64>());
  return out;
}

Result<OpaqueServer> OpaqueServer::from_secrets(const SecretKey32& oprf_seed, const SecretKey32& ake_seed) {
  OpaqueServer out;
  out.oprf_seed_ = SecretBytes(oprf_seed.expose());
  TRY_ASSIGN(OpaqueKeyPair pair, opaque_derive_key_pair(ake_seed.expose()));
  out.private_key_ = std::move(pair.private_key);
  out.public_key_ = pair.public_key;
  return out;
}

Result<OpaqueServer> OpaqueServer::from_rfc(const SecretArray<64>& oprf_seed, ByteView private_key) {
  OpaqueServer out;
  out.oprf_seed_ = SecretBytes(oprf_seed.expose());
  TRY_ASSIGN(out.private_key_, ristretto_scalar(private_key));
  TRY_ASSIGN(out.public_key_, ristretto_multiply_base(out.private_key_));
  return out;
}

// RFC 9807 section 5.2.2: one OPRF key per credential, from the seed.
Result<RistrettoScalar> OpaqueServer::oprf_key(ByteView credential_identifier) const {
  TRY(check_identifier(credential_identifier));
  SecretKey32 seed;
  TRY(hkdf_sha512_expand_into(oprf_seed_.expose(),
                              ByteBuilder().raw(credential_identifier).raw("OprfKey").view(),
                              seed.expose_mutable()));
  return oprf_derive_key(seed.expose(), as_bytes("OPAQUE-DeriveKeyPair"));
}

// RFC 9807 section 6.3.2.2: a random key pair, a random masking key and an envelope of zeros. They come from
// the seed, so that asking twice shows no difference between a missing account and one that exists.
Result<RegistrationRecord> OpaqueServer::fake_record(ByteView credential_identifier) const {
  const auto info = [&](std::string_view label) {
    return ByteBuilder().raw(label).lp(credential_identifier).take();
  };
  RegistrationRecord out;
  SecretKey32 seed;
  TRY(hkdf_sha512_expand_into(oprf_seed_.expose(), info("cardea/v1/opaque-fake-key"), seed.expose_mutable()));
  TRY(hkdf_sha512_expand_into(oprf_seed_.expose(), info("cardea/v1/opaque-fake-masking-key"),
                              out.masking_key.expose_mutable()));
  TRY_ASSIGN(const OpaqueKeyPair pair, opaque_derive_key_pair(seed.expose()));
  out.client_public_key = pair.public_key;
  return out;
}

Result<RegistrationResponse> OpaqueServer::registration_response(const RegistrationRequest& request,
                                                                 ByteView credential_identifier) const {
  TRY_ASSIGN(const RistrettoScalar key, oprf_key(credential_identifier));
  RegistrationResponse out;
  TRY_ASSIGN(out.evaluated_element, oprf_evaluate(key, request.blinded_element));
  out.server_public_key = public_key_;
  return out;
}

Result<OpaqueServerLogin> OpaqueServer::login_start(const Ke1& ke1, const RegistrationRecord* record,
                                                    ByteView credential_identifier,
                                                    const OpaqueIdentities& identities, Random& random,
                                                    std::string_view context,
                                                    const RistrettoScalar* moved_key) const {
  TRY(opaque_check(identities, context));
  // Made for every account, as the fake record: the time does not tell whether it was needed.
  TRY_ASSIGN(const RistrettoScalar seed_key, oprf_key(credential_identifier));
  const RistrettoScalar& key = moved_key != nullptr ? *moved_key : seed_key;
  // Made for every account, so that the time does not tell whether it was needed.
  TRY_ASSIGN(const RegistrationRecord fake, fake_record(credential_identifier));
  const RegistrationRecord& used = record != nullptr ? *record : fake;

  OpaqueServerLogin out;
  Ke2& ke2 = out.ke2_;
  TRY_ASSIGN(ke2.evaluated_element, oprf_evaluate(key, ke1.blinded_element));
  random.fill(ke2.masking_nonce);
  auto at = std::ranges::copy(public_key_, ke2.masked_response.begin()).out;
  at = std::ranges::copy(used.envelope.nonce, at).out;
  std::ranges::copy(used.envelope.auth_tag, at);
  TRY(opaque_mask(used.masking_key, ke2.masking_nonce, ke2.masked_response));

  random.fill(ke2.server_nonce);
  const auto seed = random.secret<32>();
  TRY_ASSIGN(const OpaqueKeyPair keyshare, opaque_derive_key_pair(seed.expose()));
  ke2.server_keyshare = keyshare.public_key;
  TRY_ASSIGN(const SecretArray<96> dh_values,
             server_dh(keyshare.private_key, private_key_, ke1.client_keyshare, used.client_public_key));
  const auto resolved = opaque_resolve(identities, public_key_, used.client_public_key);
  TRY_ASSIGN(OpaqueHandshake handshake, opaque_handshake(ke1, ke2, resolved, context, dh_values));
  ke2.server_mac = handshake.server_mac;
  out.expected_client_mac_ = std::move(handshake.client_mac);
  out.session_key_ = std::move(handshake.session_key);
  return out;
}

}  // namespace cardea::crypto
