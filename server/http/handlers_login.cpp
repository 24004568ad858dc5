// SPDX-License-Identifier: Apache-2.0
// Registration, OPAQUE and sessions.
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/http/problem.h"
#include "server/service/holder_rules.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

Json session_json(const Session& session) {
  return Json::Object{{"session_id", session.id.text()},
                      {"user_id", session.user.text()},
                      {"level", name_of(session.level)},
                      {"expires_at", session.expires_at}};
}

Response refuse_guess(Context& context, std::int64_t retry_after, bool closed) {
  context.services.metrics.guesses_refused.fetch_add(1, std::memory_order_relaxed);
  return closed ? problem(fail(Error::account_closed,
                               "too many wrong tries; open it with the card or the recovery sheet"))
                : too_many(retry_after);
}

Result<Response> login_started(Context& context, Result<LoginStarted> started) {
  if (!started.ok()) return started.failure();
  if (started->closed || started->retry_after != 0) {
    return refuse_guess(context, started->retry_after, started->closed);
  }
  context.services.metrics.guesses.fetch_add(1, std::memory_order_relaxed);
  return json(200, Json::Object{{"login_id", started->login_id}, {"ke2", Json::bytes(started->ke2)}});
}

}  // namespace

Result<Response> start_registration(Context& context) {
  JsonFields fields(context.body);
  RegistrationStart request;
  request.account = fields.account();
  request.opaque_a_request = fields.bytes("opaque_a_request", crypto::RegistrationRequest::kSize);
  request.opaque_b_request = fields.bytes("opaque_b_request", crypto::RegistrationRequest::kSize);
  TRY(fields.complete());
  TRY_ASSIGN(const auto started, context.services.registration.start(context.caller, request, context.now));
  if (started.retry_after != 0) return refuse_guess(context, started.retry_after, false);
  return json(200, Json::Object{{"registration_id", started.registration_id},
                                {"user_id", started.user.text()},
                                {"opaque_a_response", Json::bytes(started.opaque_a_response)},
                                {"opaque_b_response", Json::bytes(started.opaque_b_response)},
                                {"expires_at", started.expires_at}});
}

Result<Response> finish_registration(Context& context) {
  JsonFields fields(context.body);
  RegistrationFinish request;
  request.registration_id = fields.text("registration_id", 1, kMaxToken);
  request.user.opaque_a = fields.bytes("opaque_a_record", crypto::RegistrationRecord::kSize);
  request.user.opaque_b = fields.bytes("opaque_b_record", crypto::RegistrationRecord::kSize);
  request.user.question_seal = fields.bytes("question_seal", 1, kMaxSeal);
  request.user.recovery_seal = fields.bytes("recovery_seal", 1, kMaxSeal);
  request.user.recovery_public = fields.bytes("recovery_public", 65);
  request.user.profile = fields.bytes("profile", 0, kMaxProfile);
  request.user.sheet_check = fields.bytes("sheet_check", 0, 64);
  const Json& card = fields.object("card");
  const Json& computer = fields.object("computer");
  const Json::Array& holders = fields.array("holders", kMaxHolders);
  TRY(fields.complete());
  TRY_ASSIGN(request.card, read_card(card));
  TRY_ASSIGN(request.computer, read_computer(computer));
  TRY_ASSIGN(request.holders, read_holders(holders));
  const auto change = context.change<Registered>(
      [&context](const Registered& registered) { return stored(201, registered_json(context, registered)); });
  return answered(context.services.registration.finish(context.caller, std::move(request), change));
}

Result<Response> start_opaque_a(Context& context) {
  JsonFields fields(context.body);
  const std::string account = fields.account();
  const Bytes ke1 = fields.bytes("ke1", crypto::Ke1::kSize);
  TRY(fields.complete());
  return login_started(context, context.services.logins.start_a(context.caller, account, ke1, context.now));
}

Result<Response> finish_opaque_a(Context& context) {
  JsonFields fields(context.body);
  const std::string login_id = fields.text("login_id", 1, kMaxToken);
  const Bytes ke3 = fields.bytes("ke3", crypto::Ke3::kSize);
  TRY(fields.complete());
  TRY_ASSIGN(const auto accepted,
             context.services.logins.finish_a(context.caller, login_id, ke3, context.now));
  Json::Object body = *session_json(accepted.session).object();
  body.emplace_back("question_seal", Json::bytes(accepted.question_seal));
  return json(200, body);
}

Result<Response> start_opaque_b(Context& context) {
  JsonFields fields(context.body);
  const Bytes ke1 = fields.bytes("ke1", crypto::Ke1::kSize);
  TRY(fields.complete());
  return login_started(context, context.services.logins.start_b(context.caller, ke1, context.now));
}

Result<Response> finish_opaque_b(Context& context) {
  JsonFields fields(context.body);
  const std::string login_id = fields.text("login_id", 1, kMaxToken);
  const Bytes ke3 = fields.bytes("ke3", crypto::Ke3::kSize);
  TRY(fields.complete());
  TRY_ASSIGN(const auto accepted,
             context.services.logins.finish_b(context.caller, login_id, ke3, context.now));
  return json(200, Json::Object{{"level", name_of(SessionLevel::answer)},
                                {"recovery_seal", Json::bytes(accepted.recovery_seal)},
                                {"recovery_public", Json::bytes(accepted.recovery_public)}});
}

Result<Response> make_challenge(Context& context) {
  TRY(JsonFields(context.body).complete());
  const auto challenge = context.services.sessions.challenge(context.now);
  return json(
      200, Json::Object{{"challenge", Json::bytes(challenge.bytes)}, {"expires_at", challenge.expires_at}});
}

Result<Response> open_card_session(Context& context) {
  JsonFields fields(context.body);
  CardSessionRequest request;
  request.card = fields.identifier<CardId>("card_id");
  request.challenge = fields.bytes("challenge", 1, 64);
  request.session_spki = fields.bytes("session_spki", kSpkiEd25519);
  request.expires_at = fields.integer("expires_at", 1, std::int64_t{1} << 40);
  request.signature = fields.bytes("signature", 64, 512);
  TRY(fields.complete());
  TRY_ASSIGN(const Session session,
             context.services.sessions.open_with_card(context.caller, request, context.now));
  return json(201, session_json(session));
}

Result<Response> open_access_key_session(Context& context) {
  JsonFields fields(context.body);
  AccessKeySessionRequest request;
  request.computer = fields.identifier<ComputerId>("computer_id");
  request.user = fields.identifier<UserId>("user_id");
  request.generation = fields.number("generation", 1, 0x7fffffff);
  request.challenge = fields.bytes("challenge", 1, 64);
  request.session_spki = fields.bytes("session_spki", kSpkiEd25519);
  request.signature = fields.bytes("signature", 64);
  TRY(fields.complete());
  TRY_ASSIGN(const Session session,
             context.services.sessions.open_with_access_key(context.caller, request, context.now));
  context.services.metrics.count(Recovery::access_key_used);
  return json(201, session_json(session));
}

Result<Response> end_session(Context& context) {
  if (context.caller.officer) {
    TRY(context.services.officer_sessions.end(*context.caller.officer));
    return no_content();
  }
  TRY(context.services.sessions.end(context.caller));
  return no_content();
}

}  // namespace cardea::server::http
