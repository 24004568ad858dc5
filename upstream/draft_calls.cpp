// SPDX-License-Identifier: Apache-2.0
#include "upstream/draft_calls.h"

#include "upstream/login_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

Result<Answer> guess(ServerClient& client, const char* path, ByteView sheet_check, const crypto::Ke1& ke1) {
  Call call{.method = "POST", .path = path, .repeat = Repeat::never};
  call.body = Json::Object{{"sheet_check", Json::bytes(sheet_check)}, {"ke1", Json::bytes(ke1.serialise())}};
  return client.call(call);
}

}  // namespace

Result<DraftQuestion> ask_draft_question(ServerClient& client, ByteView sheet_check, const crypto::Ke1& ke1) {
  TRY_ASSIGN(const Answer answer, guess(client, "/v1/drafts/question", sheet_check, ke1));
  auto fields = answer_fields(answer.body);
  DraftQuestion question;
  question.user = fields.identifier<api::UserId>("user_id");
  const Bytes ke2 = fields.bytes("ke2", crypto::Ke2::kSize);
  question.question_seal = fields.bytes("question_seal", 1, kMaxSeal);
  TRY(complete_answer(fields, "draft"));
  TRY_ASSIGN(question.ke2, read_ke2(ke2));
  return question;
}

Result<DraftAnswer> answer_draft_question(ServerClient& client, ByteView sheet_check,
                                          const crypto::Ke1& ke1) {
  TRY_ASSIGN(const Answer answer, guess(client, "/v1/drafts/answer", sheet_check, ke1));
  auto fields = answer_fields(answer.body);
  DraftAnswer out;
  out.login_id = fields.text("login_id", 1, kMaxSeal);
  const Bytes ke2 = fields.bytes("ke2", crypto::Ke2::kSize);
  out.recovery_seal = fields.bytes("recovery_seal", 1, kMaxSeal);
  out.recovery_public = fields.bytes("recovery_public", kPoint);
  TRY(complete_answer(fields, "draft"));
  TRY_ASSIGN(out.ke2, read_ke2(ke2));
  return out;
}

Result<Registered> finish_draft(ServerClient& client, const RequestKey& device, const DraftFinish& finish,
                                const std::string& idempotency_key) {
  Call call{.method = "POST", .path = "/v1/drafts/finish", .key = &device, .repeat = Repeat::once};
  call.idempotency_key = idempotency_key;
  call.body = Json::Object{
      {"login_id", finish.login_id},
      {"ke3", Json::bytes(finish.ke3.serialise())},
      {"account", finish.account},
      {"profile", Json::bytes(finish.profile)},
      {"card", new_card_json(finish.card)},
      {"computer", computer_key_json(finish.device_spki, finish.computer_name, finish.computer_serial)},
      {"holders", holders_json(finish.holders)}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  return read_registered(answer);
}

}  // namespace cardea::upstream
