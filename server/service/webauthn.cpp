// SPDX-License-Identifier: Apache-2.0
#include "server/service/webauthn.h"

#include <algorithm>

#include "core/api/json_fields.h"
#include "core/base/byte_io.h"

namespace cardea::server {
namespace {

// Section 6.1.
constexpr std::uint8_t kUserPresent = 0x01;
constexpr std::uint8_t kUserVerified = 0x04;
constexpr std::uint8_t kAttestedCredential = 0x40;
constexpr std::uint8_t kExtensions = 0x80;
constexpr std::size_t kModelId = 16;  // AAGUID

constexpr std::size_t kChallengeText = 43;  // 32 bytes in base64url
constexpr std::size_t kMaxOrigin = 512;

std::string_view host_of(std::string_view authority) {
  // The colon of a port stands behind the bracket of an IPv6 address.
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos)
    return authority;
  return authority.substr(0, colon);
}

Result<AuthenticatorData> check_message(const WebAuthnMessage& message, std::string_view type,
                                        const RelyingParty& party, ByteView challenge) {
  TRY_ASSIGN(const ClientData client, parse_client_data(message.client_data));
  if (client.type != type || client.cross_origin || client.origin != party.origin ||
      !equal_constant_time(client.challenge, challenge)) {
    return Error::identity_not_accepted;
  }
  TRY_ASSIGN(AuthenticatorData data, parse_authenticator_data(message.authenticator_data));
  if (data.rp_id_hash != party.id_hash || !data.user_present || !data.user_verified)
    return Error::identity_not_accepted;
  return data;
}

Status verify(const crypto::PublicKey& key, ByteView message, ByteView signature) {
  // Section 6.5.5: ECDSA signatures are DER; those of RSA and Ed25519 are as everywhere.
  if (key.kind() == crypto::KeyKind::p256) return key.verify_der(message, signature);
  return key.verify(message, signature);
}

}  // namespace

RelyingParty::RelyingParty(std::string_view authority)
    : origin("https://" + std::string(authority)), id_hash(crypto::sha256({as_bytes(host_of(authority))})) {}

Result<ClientData> parse_client_data(ByteView json) {
  if (json.size() > kMaxClientData) return fail(Error::invalid_argument, "client data is too long");
  const auto parsed = api::Json::parse(as_text(json));
  if (!parsed.ok() || parsed->object() == nullptr) return fail(Error::invalid_argument, "client data");
  // Browsers may add members (section 5.8.1).
  api::JsonFields fields(*parsed, api::JsonFields::Unknown::ignore);
  ClientData out;
  out.type = fields.text("type", 1, 32);
  const std::string challenge = fields.text("challenge", kChallengeText, kChallengeText);
  out.origin = fields.text("origin", 1, kMaxOrigin);
  if (fields.has("crossOrigin")) out.cross_origin = fields.boolean("crossOrigin");
  TRY(fields.complete());
  TRY_ASSIGN(out.challenge, from_base64url(challenge));
  return out;
}

Result<AuthenticatorData> parse_authenticator_data(ByteView bytes) {
  if (bytes.size() > kMaxAuthenticatorData) return fail(Error::invalid_argument, "authenticator data");
  ByteReader in(bytes);
  AuthenticatorData out;
  const ByteView hash = in.bytes(out.rp_id_hash.size());
  const std::uint8_t flags = in.u8();
  out.sign_count = in.u32();
  const bool has_key = (flags & kAttestedCredential) != 0;
  if (has_key) {
    (void)in.bytes(kModelId);
    const ByteView credential = in.lp();
    out.credential = to_bytes(credential);
  }
  // What follows are CBOR items: the key, of which the browser gives the plain form, and extensions.
  if (!in.good() || (!has_key && (flags & kExtensions) == 0 && !in.complete()))
    return fail(Error::invalid_argument, "authenticator data");
  std::copy(hash.begin(), hash.end(), out.rp_id_hash.begin());
  out.user_present = (flags & kUserPresent) != 0;
  out.user_verified = (flags & kUserVerified) != 0;
  return out;
}

Result<std::uint32_t> check_new_key(const WebAuthnMessage& message, const RelyingParty& party,
                                    ByteView challenge, ByteView credential) {
  const auto data = check_message(message, "webauthn.create", party, challenge);
  if (!data.ok() || !data->credential || !std::ranges::equal(*data->credential, credential))
    return Error::identity_not_accepted;
  return data->sign_count;
}

Result<std::uint32_t> check_assertion(const WebAuthnMessage& message, const RelyingParty& party,
                                      ByteView challenge, const crypto::PublicKey& key) {
  const auto data = check_message(message, "webauthn.get", party, challenge);
  if (!data.ok() || data->credential) return Error::identity_not_accepted;
  Bytes signed_bytes = to_bytes(message.authenticator_data);
  const Digest client = crypto::sha256({message.client_data});
  signed_bytes.insert(signed_bytes.end(), client.begin(), client.end());
  if (!verify(key, signed_bytes, message.signature).ok()) return Error::identity_not_accepted;
  return data->sign_count;
}

}  // namespace cardea::server
