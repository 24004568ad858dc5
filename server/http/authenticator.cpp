// SPDX-License-Identifier: Apache-2.0
#include "server/http/authenticator.h"

namespace cardea::server::http {
namespace {

constexpr std::string_view kDevicePrefix = "device:";
constexpr std::string_view kSessionPrefix = "session:";
constexpr std::string_view kOfficerPrefix = "officer:";
constexpr std::string_view kRegionPrefix = "region:";

}  // namespace

std::string_view authority_of(std::string_view host) {
  if (host.ends_with(":443")) host.remove_suffix(4);
  return host;
}

Status Authenticator::load_nonces() {
  TRY_ASSIGN(const auto nonces, services_.store.nonces_since(services_.clock.now() - NonceCache::kRetention));
  for (const Digest& nonce : nonces)
    (void)nonces_.add(nonce, services_.clock.monotonic() / 1000);
  return {};
}

Result<Authenticator::Signed> Authenticator::read(const Request& request, UnixSeconds now) const {
  const RequestHead& head = request.head;
  const std::string* input = head.field("signature-input");
  const std::string* signature = head.field("signature");
  const std::string* digest = head.field("content-digest");
  if (input == nullptr || signature == nullptr || digest == nullptr) {
    return fail(Error::signature_invalid, "this request must be signed");
  }
  // A signature made for another server must not be good here, even with the same keys.
  if (authority_of(head.host) != services_.settings.authority) {
    return fail(Error::peer_not_trusted, "this server is not “" + head.host + "”");
  }
  TRY_ASSIGN(auto parsed, api::parse_signature(*input, *signature));
  const std::int64_t skew = parsed.created > now ? parsed.created - now : now - parsed.created;
  if (skew > NonceCache::kMaxSkew) return fail(Error::clock_skewed, "the server's time is in the Date field");
  TRY(api::check_content_digest(*digest, as_bytes(request.body)));
  return Signed{request,
                *digest,
                std::move(parsed),
                {head.method, services_.settings.authority, head.path, head.query}};
}

Status Authenticator::check_device(const Signed& message, const ComputerId& id,
                                   const std::optional<Bytes>& body_key) const {
  Bytes spki;
  if (body_key) {
    if (api::computer_id_of(*body_key) != id) return Error::signature_invalid;
    spki = *body_key;
  } else {
    auto known = services_.store.device_key(id);
    if (!known.ok())
      return known.error() == Error::not_found ? fail(Error::signature_invalid) : known.failure();
    spki = std::move(known).value();
  }
  return check_ed25519(message, spki);
}

Status Authenticator::check_ed25519(const Signed& message, ByteView spki) {
  const auto key = crypto::PublicKey::from_spki(spki);
  if (!key.ok()) return Error::signature_invalid;
  return api::verify_ed25519(message.signature, message.target, message.digest_header, *key);
}

Status Authenticator::check_session(const Signed& message, const Session& session) const {
  if (session.is_hmac) {
    TRY_ASSIGN(const SecretKey32 key, services_.sessions.hmac_key(session));
    return api::verify_hmac(message.signature, message.target, message.digest_header, key);
  }
  return check_ed25519(message, session.key);
}

Status Authenticator::check_region(const Signed& message, std::string_view region) const {
  const auto& others = services_.settings.regions.others;
  const auto known = others.find(region);
  if (known == others.end()) return Error::signature_invalid;
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(known->second.key.sign_spki));
  return api::verify_ed25519(message.signature, message.target, message.digest_header, key);
}

Status Authenticator::check_nonce(const api::ParsedSignature& signature, UnixSeconds now) {
  const Digest nonce = crypto::sha256({as_bytes(signature.keyid), as_bytes("\n"), signature.nonce});
  switch (nonces_.add(nonce, services_.clock.monotonic() / 1000)) {
    case NonceCache::Verdict::seen:
      return Error::replayed;
    case NonceCache::Verdict::full:
      return fail(Error::timeout, "too many requests in ten minutes");
    case NonceCache::Verdict::fresh:
      break;
  }
  services_.store.remember_nonce(nonce, now);
  return {};
}

Result<Caller> Authenticator::identify(const Request& request, const std::optional<Bytes>& body_key,
                                       UnixSeconds now) {
  TRY_ASSIGN(const Signed message, read(request, now));
  const std::string_view keyid = message.signature.keyid;
  Caller caller;
  caller.prefix = request.prefix;
  if (keyid.starts_with(kDevicePrefix)) {
    TRY_ASSIGN(const ComputerId id, ComputerId::from_text(keyid.substr(kDevicePrefix.size())));
    TRY(check_device(message, id, body_key));
    caller.computer = id;
  } else if (keyid.starts_with(kSessionPrefix)) {
    TRY_ASSIGN(const SessionId id, SessionId::from_text(keyid.substr(kSessionPrefix.size())));
    TRY_ASSIGN(Session session, services_.sessions.find(id, now));
    TRY(check_session(message, session));
    caller.session = std::move(session);
  } else if (keyid.starts_with(kOfficerPrefix)) {
    TRY_ASSIGN(const SessionId id, SessionId::from_text(keyid.substr(kOfficerPrefix.size())));
    TRY_ASSIGN(OfficerSession session, services_.officer_sessions.find(id, now));
    TRY(check_ed25519(message, session.key));
    caller.officer = std::move(session);
  } else if (keyid.starts_with(kRegionPrefix)) {
    caller.region = keyid.substr(kRegionPrefix.size());
    TRY(check_region(message, caller.region));
  } else {
    return fail(Error::invalid_argument, "signature: keyid names neither a device nor a session");
  }
  TRY(check_nonce(message.signature, now));
  return caller;
}

}  // namespace cardea::server::http
