// SPDX-License-Identifier: Apache-2.0
#include "server/service/draft_service.h"

#include "core/crypto/p256.h"
#include "server/service/opaque_attempt.h"
#include "server/service/registration.h"

namespace cardea::server {
namespace {

constexpr std::string_view kKind = "draft";
// A card comes by post, a computer is set up; what nobody has come for after a week was given up.
constexpr std::int64_t kDraftSeconds = 7LL * 24 * 3600;
// As for a registration: keys are made on a slow card in between.
constexpr std::int64_t kFinishSeconds = 3600;
// A school class behind one address; and what a flood from many networks can fill, about 50 MB.
constexpr std::uint64_t kMaxPerPrefix = 50;
constexpr std::uint64_t kMaxAll = 50'000;
constexpr std::int64_t kFullOfDraftsWait = 3600;

Status check_draft(const Draft& draft) {
  TRY(crypto::RegistrationRecord::parse(draft.opaque_a));
  TRY(crypto::RegistrationRecord::parse(draft.opaque_b));
  TRY(crypto::p256_point(draft.recovery_public));
  TRY_ASSIGN(const auto sheet, crypto::PublicKey::from_spki(draft.sheet_check));
  if (sheet.kind() != crypto::KeyKind::ed25519)
    return fail(Error::key_invalid, "a sheet's key is an Ed25519 key");
  return {};
}

Result<crypto::OpaqueServerLogin> evaluate(const ServerSecrets& secrets, Random& random, const Draft& draft,
                                           ByteView ke1, const Bytes& record, ByteView credential) {
  TRY_ASSIGN(const auto message, crypto::Ke1::parse(ke1));
  TRY_ASSIGN(const auto parsed, crypto::RegistrationRecord::parse(record));
  TRY_ASSIGN(const crypto::OpaqueServer* opaque, secrets.opaque_of(draft.oprf_seed));
  return opaque->login_start(message, &parsed, credential, crypto::OpaqueIdentities{}, random);
}

}  // namespace

Result<GuessDecision> DraftService::charge(const Caller& caller, ByteView sheet_check, UnixSeconds now) {
  return budget_.charge_subject("draft:" + to_hex(crypto::sha256({sheet_check})), caller.prefix, now);
}

Result<DraftKept> DraftService::keep(const Caller& caller, std::string_view registration_id, Draft draft,
                                     UnixSeconds now) {
  TRY(registration_must_be_open(policies_));
  TRY_ASSIGN(const auto pending, open_registration_id(secrets_, registration_id, now));
  TRY(check_draft(draft));
  draft.user = pending.user;
  draft.oprf_seed = pending.oprf_seed;
  draft.prefix = caller.prefix;
  draft.expires_at = now + kDraftSeconds;
  const auto expires_at = store_.keep_draft({std::move(draft), kMaxPerPrefix, kMaxAll}, now);
  if (!expires_at.ok() && expires_at.error() == Error::limit_exceeded) return DraftKept{kFullOfDraftsWait, 0};
  if (!expires_at.ok()) return expires_at.failure();
  return DraftKept{0, *expires_at};
}

Result<DraftQuestion> DraftService::question(const Caller& caller, ByteView sheet_check, ByteView ke1,
                                             UnixSeconds now) {
  TRY(registration_must_be_open(policies_));  // heard before everything else is typed
  TRY(crypto::Ke1::parse(ke1));
  TRY_ASSIGN(Draft draft, store_.get_draft(sheet_check, now));
  DraftQuestion out;
  TRY_ASSIGN(out.decision, charge(caller, sheet_check, now));
  if (!out.decision.allowed) return out;
  TRY_ASSIGN(const auto login,
             evaluate(secrets_, random_, draft, ke1, draft.opaque_a, credential_a(draft.user)));
  out.user = draft.user;
  out.ke2 = login.ke2().serialise();
  out.question_seal = std::move(draft.question_seal);
  return out;
}

Result<DraftAnswer> DraftService::answer(const Caller& caller, ByteView sheet_check, ByteView ke1,
                                         UnixSeconds now) {
  TRY(crypto::Ke1::parse(ke1));
  TRY_ASSIGN(Draft draft, store_.get_draft(sheet_check, now));
  DraftAnswer out;
  TRY_ASSIGN(out.decision, charge(caller, sheet_check, now));
  if (!out.decision.allowed) return out;
  TRY_ASSIGN(const auto login,
             evaluate(secrets_, random_, draft, ke1, draft.opaque_b, credential_b(draft.user)));
  TRY_ASSIGN(auto offer, offer_opaque(secrets_, random_, kKind, login,
                                      {draft.user, to_bytes(sheet_check), now + kFinishSeconds}));
  out.login_id = std::move(offer.login_id);
  out.ke2 = std::move(offer.ke2);
  out.recovery_seal = std::move(draft.recovery_seal);
  out.recovery_public = std::move(draft.recovery_public);
  return out;
}

Result<Outcome<Registered>> DraftService::finish(const Caller& caller, DraftFinish request,
                                                 const Change<Registered>& change) {
  TRY(registration_must_be_open(policies_));
  TRY_ASSIGN(const OpaqueProven proven,
             check_ke3(store_, secrets_, kKind, request.login_id, request.ke3, change.now));
  TRY_ASSIGN(Draft draft, store_.get_draft(proven.attempt.bound_to, change.now));
  // Another one has taken its place.
  if (draft.user != proven.attempt.user) return Error::identity_not_accepted;
  RegisterDraft command;
  command.sheet_check = draft.sheet_check;
  command.token = opaque_token(request.login_id);
  command.token_expires_at = proven.attempt.expires_at;
  RegisterUser& made = command.made;
  made.user = std::move(request.user);
  made.user.id = draft.user;
  made.user.opaque_a = std::move(draft.opaque_a);
  made.user.opaque_b = std::move(draft.opaque_b);
  made.user.question_seal = std::move(draft.question_seal);
  made.user.recovery_seal = std::move(draft.recovery_seal);
  made.user.recovery_public = std::move(draft.recovery_public);
  made.user.sheet_check = std::move(draft.sheet_check);
  made.user.oprf_seed = draft.oprf_seed;
  made.card = std::move(request.card);
  made.computer = std::move(request.computer);
  made.holders = std::move(request.holders);
  TRY(complete_registration(made, caller, change.now));
  api::Json::Object details = *made.audit.details.object();
  details.emplace_back("prepared_from", draft.prefix);
  made.audit.details = std::move(details);
  return store_.register_draft(change, command);
}

}  // namespace cardea::server
