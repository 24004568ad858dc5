// SPDX-License-Identifier: Apache-2.0
// Registrations that were prepared in a browser.
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/http/problem.h"
#include "server/service/holder_rules.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

struct Guess {
  Bytes sheet_check;
  Bytes ke1;
};

Result<Guess> read_guess(const Json& body) {
  JsonFields fields(body);
  Guess guess;
  guess.sheet_check = fields.bytes("sheet_check", kSheetCheck);
  guess.ke1 = fields.bytes("ke1", crypto::Ke1::kSize);
  TRY(fields.complete());
  return guess;
}

// Nothing, when the guess was allowed.
std::optional<Response> refused(Context& context, const GuessDecision& decision) {
  if (decision.allowed) {
    context.services.metrics.guesses.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  context.services.metrics.guesses_refused.fetch_add(1, std::memory_order_relaxed);
  if (!decision.closed) return too_many(decision.wait_seconds);
  return problem(fail(Error::account_closed, "too many wrong tries; prepare the account anew"));
}

}  // namespace

Result<Response> keep_draft(Context& context) {
  JsonFields fields(context.body);
  const std::string registration_id = fields.text("registration_id", 1, kMaxToken);
  Draft draft;
  draft.opaque_a = fields.bytes("opaque_a_record", crypto::RegistrationRecord::kSize);
  draft.opaque_b = fields.bytes("opaque_b_record", crypto::RegistrationRecord::kSize);
  draft.question_seal = fields.bytes("question_seal", 1, kMaxSeal);
  draft.recovery_seal = fields.bytes("recovery_seal", 1, kMaxSeal);
  draft.recovery_public = fields.bytes("recovery_public", 65);
  draft.sheet_check = fields.bytes("sheet_check", kSheetCheck);
  TRY(fields.complete());
  TRY_ASSIGN(const auto kept,
             context.services.drafts.keep(context.caller, registration_id, std::move(draft), context.now));
  if (kept.retry_after != 0) return too_many(kept.retry_after);
  return json(201, Json::Object{{"expires_at", kept.expires_at}});
}

Result<Response> ask_draft_question(Context& context) {
  TRY_ASSIGN(const Guess guess, read_guess(context.body));
  TRY_ASSIGN(const auto question,
             context.services.drafts.question(context.caller, guess.sheet_check, guess.ke1, context.now));
  if (auto refusal = refused(context, question.decision)) return std::move(*refusal);
  return json(200, Json::Object{{"user_id", question.user.text()},
                                {"ke2", Json::bytes(question.ke2)},
                                {"question_seal", Json::bytes(question.question_seal)}});
}

Result<Response> answer_draft_question(Context& context) {
  TRY_ASSIGN(const Guess guess, read_guess(context.body));
  TRY_ASSIGN(const auto answer,
             context.services.drafts.answer(context.caller, guess.sheet_check, guess.ke1, context.now));
  if (auto refusal = refused(context, answer.decision)) return std::move(*refusal);
  return json(200, Json::Object{{"login_id", answer.login_id},
                                {"ke2", Json::bytes(answer.ke2)},
                                {"recovery_seal", Json::bytes(answer.recovery_seal)},
                                {"recovery_public", Json::bytes(answer.recovery_public)}});
}

Result<Response> finish_draft(Context& context) {
  JsonFields fields(context.body);
  DraftFinish request;
  request.login_id = fields.text("login_id", 1, kMaxToken);
  request.ke3 = fields.bytes("ke3", crypto::Ke3::kSize);
  request.user.account = fields.account();
  request.user.profile = fields.bytes("profile", 0, kMaxProfile);
  const Json& card = fields.object("card");
  const Json& computer = fields.object("computer");
  const Json::Array& holders = fields.array("holders", kMaxHolders);
  TRY(fields.complete());
  TRY_ASSIGN(request.card, read_card(card));
  TRY_ASSIGN(request.computer, read_computer(computer));
  TRY_ASSIGN(request.holders, read_holders(holders));
  const auto change = context.change<Registered>(
      [&context](const Registered& registered) { return stored(201, registered_json(context, registered)); });
  return answered(context.services.drafts.finish(context.caller, std::move(request), change));
}

}  // namespace cardea::server::http
