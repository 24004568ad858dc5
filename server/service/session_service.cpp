// SPDX-License-Identifier: Apache-2.0
#include "server/service/session_service.h"

#include "core/api/proofs.h"
#include "server/service/guess_budget.h"

namespace cardea::server {
namespace {

// Long enough for one card replacement.
constexpr std::int64_t kAccessKeySessionSeconds = 3600;

Status check_session_key(ByteView spki) {
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(spki));
  if (key.kind() != crypto::KeyKind::ed25519)
    return fail(Error::key_invalid, "a session key is an Ed25519 key");
  return {};
}

}  // namespace

SessionService::Challenge SessionService::challenge(UnixSeconds now) {
  return {secrets_.make_challenge(now, random_), now + kChallengeSeconds};
}

Result<ChallengeToken> SessionService::check_challenge(ByteView challenge, UnixSeconds now) const {
  TRY_ASSIGN(const UnixSeconds made, secrets_.challenge_time(challenge));
  if (made > now + kChallengeSeconds || now >= made + kChallengeSeconds) {
    return fail(Error::session_expired, "the challenge is too old");
  }
  return ChallengeToken{crypto::sha256({as_bytes("challenge"), challenge}), now + 2 * kChallengeSeconds};
}

Result<ChallengeToken> SessionService::check_new_session(ByteView challenge, ByteView session_spki,
                                                         UnixSeconds expires_at, UnixSeconds now) const {
  TRY_ASSIGN(const ChallengeToken once, check_challenge(challenge, now));
  TRY(check_session_key(session_spki));
  if (expires_at <= now || expires_at > now + kMaxSessionSeconds)
    return fail(Error::invalid_argument, "a session lasts at most eight hours");
  return once;
}

Result<Session> SessionService::open_with_card(const Caller& caller, const CardSessionRequest& request,
                                               UnixSeconds now) {
  TRY_ASSIGN(const ChallengeToken once,
             check_new_session(request.challenge, request.session_spki, request.expires_at, now));
  const auto card = store_.get_card(request.card);
  if (!card.ok())
    return card.error() == Error::not_found ? fail(Error::identity_not_accepted) : card.failure();
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(card->auth_spki));
  const Bytes proof = api::card_session_proof(authority_, request.challenge, request.session_spki,
                                              static_cast<std::uint64_t>(request.expires_at));
  if (!key.verify(proof, request.signature).ok()) return Error::identity_not_accepted;
  if (card->state != CardState::active) return fail(Error::card_revoked, "this card can't be used");
  TRY_ASSIGN(const User user, store_.get_user(card->user));
  OpenSession command;
  command.session = {
      SessionId::random(random_), card->user, SessionLevel::card, false, request.session_spki, card->id, {},
      request.expires_at};
  command.token = once.token;
  command.token_expires_at = once.expires_at;
  command.clear_guesses = account_subject(user.account);
  command.region = caller.served_in;
  command.audit = {"session-opened",
                   api::Json::Object{{"level", "card"}, {"card", card->id.text()}, {"from", caller.prefix}}};
  TRY(store_.open_session(command, now));
  return std::move(command.session);
}

Result<Session> SessionService::open_with_access_key(const Caller& caller,
                                                     const AccessKeySessionRequest& request,
                                                     UnixSeconds now) {
  TRY_ASSIGN(const ChallengeToken once, check_challenge(request.challenge, now));
  TRY(check_session_key(request.session_spki));
  const auto generation = store_.get_generation(request.user, request.computer, request.generation);
  if (!generation.ok()) {
    return generation.error() == Error::not_found ? fail(Error::identity_not_accepted) : generation.failure();
  }
  const auto key = crypto::PublicKey::from_spki(generation->login_public);
  const Bytes proof = api::access_key_session_proof(authority_, request.challenge, request.computer,
                                                    request.user, request.generation);
  if (!key.ok() || !key->verify(proof, request.signature).ok()) return Error::identity_not_accepted;
  OpenSession command;
  command.session = {
      SessionId::random(random_), request.user, SessionLevel::access_key, false,
      request.session_spki,       {},           request.computer,         now + kAccessKeySessionSeconds};
  command.token = once.token;
  command.token_expires_at = once.expires_at;
  command.cancel_generation = request.generation;
  command.region = caller.served_in;
  command.audit = {"session-opened", api::Json::Object{{"level", "access-key"},
                                                       {"computer", request.computer.text()},
                                                       {"generation", request.generation},
                                                       {"from", caller.prefix}}};
  TRY(store_.open_session(command, now));
  return std::move(command.session);
}

Status SessionService::end(const Caller& caller) {
  if (!caller.session) return Error::permission_denied;
  return store_.end_session(caller.session->id);
}

Result<Session> SessionService::find(const SessionId& id, UnixSeconds now) {
  auto session = store_.get_session(id, now);
  if (!session.ok() && session.error() == Error::not_found) return fail(Error::session_expired);
  return session;
}

}  // namespace cardea::server
