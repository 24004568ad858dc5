// SPDX-License-Identifier: Apache-2.0
#include "server/service/login_service.h"

#include "core/api/http_signature.h"
#include "server/service/opaque_attempt.h"
#include "server/service/registration.h"

namespace cardea::server {
namespace {

constexpr std::string_view kKindA = "login-a";
constexpr std::string_view kKindB = "login-b";
// Key stretching on a slow telephone takes seconds; a person typing an answer does not fall into this time.
constexpr std::int64_t kLoginSeconds = 120;

constexpr std::array<std::uint8_t, UserId::kSize + 1> kStandInCredential{};

}  // namespace

Bytes LoginService::stand_in_record(const ServerSecrets& secrets) {
  crypto::RegistrationRecord record;
  record.client_public_key = secrets.opaque().public_key();
  return record.serialise();
}

Bytes LoginService::stand_in_key(const ServerSecrets& secrets, Random& random) {
  auto sealed = secrets.seal_moved_key(kStandInCredential, random.secret<32>(), random);
  return sealed.ok() ? std::move(sealed).value() : Bytes{};
}

Result<std::optional<SecretKey32>> LoginService::moved_key(const UserId& user,
                                                           const Evaluation& evaluation) const {
  TRY_ASSIGN(const auto keys, store_.moved_keys(user));
  auto key = secrets_.open_moved_key(keys ? ByteView(evaluation.credential) : ByteView(kStandInCredential),
                                     keys ? (*keys).*evaluation.moved : stand_in_key_);
  if (!keys) return std::optional<SecretKey32>{};
  if (!key.ok()) return key.failure();
  return std::optional<SecretKey32>(std::move(key).value());
}

Result<LoginStarted> LoginService::start(std::string_view kind, const Evaluation& evaluation, ByteView ke1,
                                         const UserId& user, ByteView bound_to, UnixSeconds now) {
  const bool known = evaluation.record != nullptr;
  TRY_ASSIGN(const auto message, crypto::Ke1::parse(ke1));
  // Parsing checks a group element. A name that nobody has pays for it, too: the time must not tell.
  TRY_ASSIGN(const auto parsed, crypto::RegistrationRecord::parse(known ? *evaluation.record : stand_in_));
  TRY_ASSIGN(const auto key, moved_key(user, evaluation));
  TRY_ASSIGN(const auto login,
             evaluation.opaque->login_start(message, known ? &parsed : nullptr, evaluation.credential,
                                            crypto::OpaqueIdentities{}, random_, crypto::kOpaqueContext,
                                            key ? &*key : nullptr));
  TRY_ASSIGN(OpaqueOffer offer,
             offer_opaque(secrets_, random_, kind, login, {user, to_bytes(bound_to), now + kLoginSeconds}));
  return LoginStarted{0, false, std::move(offer.login_id), std::move(offer.ke2)};
}

Result<LoginStarted> LoginService::start_a(const Caller& caller, const std::string& account, ByteView ke1,
                                           UnixSeconds now) {
  TRY(crypto::Ke1::parse(ke1));  // a malformed request costs no guess
  TRY_ASSIGN(const GuessDecision decision, budget_.charge(account, caller.prefix, now));
  if (!decision.allowed) return LoginStarted{decision.wait_seconds, decision.closed, {}, {}};
  TRY_ASSIGN(const auto user, accounts_.find(account));
  const UserId id = user ? user->id : secrets_.stand_in_user(account_subject(account));
  Evaluation evaluation{&secrets_.opaque_of_nobody(), user ? &user->opaque_a : nullptr, credential_a(id),
                        &MovedKeys::key_a};
  if (user) {
    TRY_ASSIGN(evaluation.opaque, secrets_.opaque_of(user->oprf_seed));
  }
  return start(kKindA, evaluation, ke1, id, {}, now);
}

Result<PasswordAccepted> LoginService::finish_a(const Caller& caller, std::string_view login_id, ByteView ke3,
                                                UnixSeconds now) {
  TRY_ASSIGN(const OpaqueProven proven, check_ke3(store_, secrets_, kKindA, login_id, ke3, now));
  TRY_ASSIGN(const User user, store_.get_user(proven.attempt.user));
  OpenSession command;
  command.session.id = SessionId::random(random_);
  command.session.user = proven.attempt.user;
  command.session.level = SessionLevel::password;
  command.session.is_hmac = true;
  command.session.expires_at = now + kMaxSessionSeconds;
  const SecretKey32 key = api::request_key(proven.session_key.expose());
  TRY_ASSIGN(command.session.key, secrets_.seal_session_key(command.session.id, key, random_));
  command.token = opaque_token(login_id);
  command.token_expires_at = proven.attempt.expires_at;
  command.region = caller.served_in;
  command.audit = {"session-opened", api::Json::Object{{"level", "password"}, {"from", caller.prefix}}};
  TRY(store_.open_session(command, now));
  return PasswordAccepted{std::move(command.session), user.question_seal};
}

Result<LoginStarted> LoginService::start_b(const Caller& caller, ByteView ke1, UnixSeconds now) {
  if (!caller.session) return Error::permission_denied;
  TRY(crypto::Ke1::parse(ke1));
  TRY_ASSIGN(const User user, store_.get_user(caller.session->user));
  TRY_ASSIGN(const GuessDecision decision, budget_.charge(user.account, caller.prefix, now));
  if (!decision.allowed) return LoginStarted{decision.wait_seconds, decision.closed, {}, {}};
  Evaluation evaluation{nullptr, &user.opaque_b, credential_b(user.id), &MovedKeys::key_b};
  TRY_ASSIGN(evaluation.opaque, secrets_.opaque_of(user.oprf_seed));
  return start(kKindB, evaluation, ke1, user.id, caller.session->id.view(), now);
}

Result<AnswerAccepted> LoginService::finish_b(const Caller& caller, std::string_view login_id, ByteView ke3,
                                              UnixSeconds now) {
  if (!caller.session) return Error::permission_denied;
  TRY_ASSIGN(const OpaqueProven proven, check_ke3(store_, secrets_, kKindB, login_id, ke3, now));
  // The attempt belongs to the session it was started in: nobody raises another one with it.
  if (!equal_constant_time(proven.attempt.bound_to, caller.session->id.view()))
    return Error::identity_not_accepted;
  TRY_ASSIGN(const User user, store_.get_user(proven.attempt.user));
  RaiseSession command;
  command.session = caller.session->id;
  command.level = SessionLevel::answer;
  command.token = opaque_token(login_id);
  command.token_expires_at = proven.attempt.expires_at;
  command.clear_guesses = account_subject(user.account);
  command.audit = {"session-raised", api::Json::Object{{"level", "answer"}, {"from", caller.prefix}}};
  TRY(store_.raise_session(command, now));
  return AnswerAccepted{user.recovery_seal, user.recovery_public};
}

}  // namespace cardea::server
