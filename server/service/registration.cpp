// SPDX-License-Identifier: Apache-2.0
#include "server/service/registration.h"

#include "core/api/proofs.h"
#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/p256.h"
#include "server/service/holder_rules.h"

namespace cardea::server {
namespace {

constexpr std::string_view kTokenKind = "registration";
// Long enough to make the keys on a slow card and to write down the recovery sheet.
constexpr std::int64_t kRegistrationSeconds = 3600;

Result<Bytes> answer(const crypto::OpaqueServer& opaque, ByteView request, ByteView credential) {
  TRY_ASSIGN(const auto parsed, crypto::RegistrationRequest::parse(request));
  TRY_ASSIGN(const auto response, opaque.registration_response(parsed, credential));
  return response.serialise();
}

}  // namespace

Result<PendingRegistration> open_registration_id(const ServerSecrets& secrets, std::string_view id,
                                                 UnixSeconds now) {
  TRY_ASSIGN(const SecretBytes payload, secrets.open_token(kTokenKind, id));
  ByteReader reader(payload.expose());
  const auto expires_at = static_cast<UnixSeconds>(reader.u64());
  TRY_ASSIGN(const UserId user, UserId::from_bytes(reader.bytes(UserId::kSize)));
  const std::string account(reader.text());
  const std::uint32_t oprf_seed = reader.u32();
  if (!reader.complete()) return Error::identity_not_accepted;
  if (now >= expires_at) return fail(Error::session_expired, "the registration took too long");
  return PendingRegistration{user, account, oprf_seed};
}

Bytes credential_a(const UserId& user) { return ByteBuilder().raw(user.view()).raw("A").take(); }
Bytes credential_b(const UserId& user) { return ByteBuilder().raw(user.view()).raw("B").take(); }

Status check_new_card(Card& card, const UserId& user, ByteView recovery_public) {
  TRY_ASSIGN(const auto auth, crypto::PublicKey::from_spki(card.auth_spki));
  TRY(crypto::PublicKey::from_spki(card.wrap_spki));
  TRY(auth.verify(api::card_proof(user, card.auth_spki, card.wrap_spki, recovery_public), card.proof));
  card.id = api::card_id_of(card.auth_spki);
  card.user = user;
  card.state = CardState::active;
  return {};
}

Status check_new_computer(Computer& computer) {
  TRY_ASSIGN(const auto device, crypto::PublicKey::from_spki(computer.device_spki));
  if (device.kind() != crypto::KeyKind::ed25519)
    return fail(Error::key_invalid, "a device key is an Ed25519 key");
  computer.id = api::computer_id_of(computer.device_spki);
  return {};
}

Status registration_must_be_open(const Policies& policies) {
  TRY_ASSIGN(const bool open, policies.is(Policy::registration, "open"));
  return open ? Status() : Status(fail(Error::state_forbidden, "registration is closed on this server"));
}

Result<RegistrationStarted> Registration::start(const Caller& caller, const RegistrationStart& request,
                                                UnixSeconds now) {
  TRY(registration_must_be_open(policies_));
  TRY_ASSIGN(const GuessDecision decision, budget_.charge({}, caller.prefix, now));
  RegistrationStarted out;
  if (!decision.allowed) {
    out.retry_after = decision.wait_seconds;
    return out;
  }
  out.user = UserId::random(random_);
  out.expires_at = now + kRegistrationSeconds;
  TRY_ASSIGN(out.opaque_a_response,
             answer(secrets_.opaque(), request.opaque_a_request, credential_a(out.user)));
  TRY_ASSIGN(out.opaque_b_response,
             answer(secrets_.opaque(), request.opaque_b_request, credential_b(out.user)));
  ByteBuilder pending;
  pending.u64(static_cast<std::uint64_t>(out.expires_at)).raw(out.user.view()).lp(request.account);
  pending.u32(secrets_.oprf_seed());
  TRY_ASSIGN(out.registration_id, secrets_.seal_token(kTokenKind, pending.view(), random_));
  return out;
}

Status complete_registration(RegisterUser& command, const Caller& caller, UnixSeconds now) {
  command.user.epoch = 1;
  TRY(crypto::p256_point(command.user.recovery_public));
  command.card.since = now;
  TRY(check_new_card(command.card, command.user.id, command.user.recovery_public));
  command.user.signer = command.card.id;
  TRY(check_new_computer(command.computer));
  command.card.computer = command.computer.id;
  if (caller.computer != command.computer.id)
    return fail(Error::signature_invalid, "signed by another device key");
  TRY(check_holders(command.holders, {{command.card.id}, {command.computer.id}}, command.user.epoch));
  command.audit = {"registered", api::Json::Object{{"card", command.card.id.text()},
                                                   {"computer", command.computer.id.text()},
                                                   {"from", caller.prefix}}};
  return {};
}

Result<Outcome<Registered>> Registration::finish(const Caller& caller, RegistrationFinish request,
                                                 const Change<Registered>& change) {
  TRY(registration_must_be_open(policies_));
  TRY_ASSIGN(const auto pending, open_registration_id(secrets_, request.registration_id, change.now));
  RegisterUser command{std::move(request.user),
                       std::move(request.card),
                       std::move(request.computer),
                       std::move(request.holders),
                       {}};
  command.user.id = pending.user;
  command.user.account = pending.account;
  command.user.oprf_seed = pending.oprf_seed;
  TRY(crypto::RegistrationRecord::parse(command.user.opaque_a));
  TRY(crypto::RegistrationRecord::parse(command.user.opaque_b));
  TRY(complete_registration(command, caller, change.now));
  return store_.register_user(change, command);
}

}  // namespace cardea::server
