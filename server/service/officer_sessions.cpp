// SPDX-License-Identifier: Apache-2.0
#include "server/service/officer_sessions.h"

#include "core/api/proofs.h"
#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::server {
namespace {

constexpr std::string_view kCodeKind = "officer-key";
constexpr std::int64_t kCodeSeconds = 600;
constexpr std::size_t kMaxSecurityKeys = 8;

Digest code_token(std::string_view code) {
  return crypto::sha256({as_bytes("officer-key-code"), as_bytes(code)});
}

}  // namespace

Digest officer_session_challenge(std::string_view authority, ByteView challenge, ByteView session_spki,
                                 UnixSeconds expires_at) {
  ByteBuilder out;
  out.lp("cardea/v1/officer-key-session").lp(authority).lp(challenge).lp(session_spki);
  return crypto::sha256({out.u64(static_cast<std::uint64_t>(expires_at)).view()});
}

Digest officer_key_challenge(std::string_view authority, std::string_view code) {
  return crypto::sha256({ByteBuilder().lp("cardea/v1/officer-key-add").lp(authority).lp(code).view()});
}

Result<OfficerSession> OfficerSessions::open(OfficerSession session, const ChallengeToken& once,
                                             const std::optional<Bytes>& credential, std::uint32_t sign_count,
                                             UnixSeconds now) {
  if (session.officer.state != OfficerState::active)
    return fail(Error::permission_denied, "this officer can't work now");
  session.id = SessionId::random(random_);
  OpenOfficerSession command;
  command.session = session;
  command.token = once.token;
  command.token_expires_at = once.expires_at;
  command.credential = credential;
  command.sign_count = sign_count;
  TRY(store_.open_officer_session(command, now));
  return session;
}

Result<OfficerSession> OfficerSessions::open_with_card(const OfficerCardRequest& request, UnixSeconds now) {
  TRY_ASSIGN(const ChallengeToken once,
             sessions_.check_new_session(request.challenge, request.session_spki, request.expires_at, now));
  const auto officer = store_.get_officer(request.officer);
  if (!officer.ok())
    return officer.error() == Error::not_found ? fail(Error::identity_not_accepted) : officer.failure();
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(officer->auth_spki));
  const Bytes proof =
      api::officer_session_proof(sessions_.authority(), request.challenge, request.session_spki,
                                 static_cast<std::uint64_t>(request.expires_at));
  if (!key.verify(proof, request.signature).ok()) return Error::identity_not_accepted;
  return open({{}, *officer, true, request.session_spki, request.expires_at}, once, {}, 0, now);
}

Result<OfficerSession> OfficerSessions::open_with_key(const OfficerKeyRequest& request, UnixSeconds now) {
  TRY_ASSIGN(const ChallengeToken once,
             sessions_.check_new_session(request.challenge, request.session_spki, request.expires_at, now));
  const auto known = store_.get_officer_key(request.credential);
  if (!known.ok())
    return known.error() == Error::not_found ? fail(Error::identity_not_accepted) : known.failure();
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(known->spki));
  const Digest challenge = officer_session_challenge(sessions_.authority(), request.challenge,
                                                     request.session_spki, request.expires_at);
  TRY_ASSIGN(const std::uint32_t count,
             check_assertion({request.client_data, request.authenticator_data, request.signature}, party_,
                             challenge, key));
  TRY_ASSIGN(const Officer officer, store_.get_officer(known->officer));
  return open({{}, officer, false, request.session_spki, request.expires_at}, once, request.credential, count,
              now);
}

Result<KeyCode> OfficerSessions::make_code(const OfficerSession& session, UnixSeconds now) {
  const UnixSeconds expires_at = now + kCodeSeconds;
  const Bytes payload =
      ByteBuilder().raw(session.officer.id.view()).u64(static_cast<std::uint64_t>(expires_at)).take();
  TRY_ASSIGN(std::string code, secrets_.seal_token(kCodeKind, payload, random_));
  return KeyCode{std::move(code), expires_at};
}

Result<Officer> OfficerSessions::add_key(const NewOfficerKey& request, UnixSeconds now) {
  TRY_ASSIGN(const SecretBytes payload, secrets_.open_token(kCodeKind, request.code));
  ByteReader in(payload.expose());
  TRY_ASSIGN(const OfficerId id, OfficerId::from_bytes(in.bytes(OfficerId::kSize)));
  const auto expires_at = static_cast<UnixSeconds>(in.u64());
  if (!in.complete()) return Error::identity_not_accepted;
  if (now >= expires_at) return fail(Error::session_expired, "the code is too old");
  TRY(crypto::PublicKey::from_spki(request.spki));
  const Digest challenge = officer_key_challenge(sessions_.authority(), request.code);
  TRY_ASSIGN(const std::uint32_t count, check_new_key({request.client_data, request.authenticator_data, {}},
                                                      party_, challenge, request.credential));
  AddOfficerKey command;
  command.key = {request.credential, id, request.spki, count, request.label, now, 0};
  command.token = code_token(request.code);
  command.token_expires_at = expires_at;
  command.max_keys = kMaxSecurityKeys;
  TRY(store_.add_officer_key(command));
  return store_.get_officer(id);
}

Result<OfficerSession> OfficerSessions::find(const SessionId& id, UnixSeconds now) {
  auto session = store_.get_officer_session(id, now);
  if (!session.ok() && session.error() == Error::not_found) return fail(Error::session_expired);
  return session;
}

}  // namespace cardea::server
