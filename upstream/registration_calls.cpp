// SPDX-License-Identifier: Apache-2.0
#include "upstream/registration_calls.h"

#include "core/crypto/opaque_messages.h"

namespace cardea::upstream {

using api::Json;

Json new_card_json(const NewCard& card) {
  return Json::Object{{"auth_spki", Json::bytes(card.auth_spki)},
                      {"wrap_spki", Json::bytes(card.wrap_spki)},
                      {"proof", Json::bytes(card.proof)},
                      {"label", card.label},
                      {"serial", card.serial}};
}

Json computer_key_json(ByteView device_spki, const std::string& name, const std::string& serial) {
  return Json::Object{{"device_spki", Json::bytes(device_spki)}, {"name", name}, {"serial", serial}};
}

Result<Registered> read_registered(const Answer& answer) {
  auto fields = answer_fields(answer.body);
  Registered registered;
  registered.user = fields.identifier<api::UserId>("user_id");
  registered.epoch = fields.number("epoch", 1, kMaxNumber);
  const Json& audit = fields.object("audit");
  TRY(complete_answer(fields, "registration"));
  TRY_ASSIGN(registered.audit, read_audit(audit));
  return registered;
}

Result<RegistrationStarted> start_registration(ServerClient& client, const std::string& account,
                                               ByteView opaque_a_request, ByteView opaque_b_request) {
  Call call{.method = "POST", .path = "/v1/registrations/start", .repeat = Repeat::never};
  call.body = Json::Object{{"account", account},
                           {"opaque_a_request", Json::bytes(opaque_a_request)},
                           {"opaque_b_request", Json::bytes(opaque_b_request)}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  auto fields = answer_fields(answer.body);
  RegistrationStarted started;
  started.registration_id = fields.text("registration_id", 1, kMaxSeal);
  started.user = fields.identifier<api::UserId>("user_id");
  started.opaque_a_response = fields.bytes("opaque_a_response", crypto::RegistrationResponse::kSize);
  started.opaque_b_response = fields.bytes("opaque_b_response", crypto::RegistrationResponse::kSize);
  started.expires_at = fields.integer("expires_at", 0, std::int64_t{1} << 40);
  TRY(complete_answer(fields, "registration"));
  return started;
}

Result<Registered> finish_registration(ServerClient& client, const RequestKey& device,
                                       const RegistrationFinish& finish, const std::string& idempotency_key) {
  Call call{.method = "POST", .path = "/v1/registrations/finish", .key = &device, .repeat = Repeat::once};
  call.idempotency_key = idempotency_key;
  call.body = Json::Object{
      {"registration_id", finish.registration_id},
      {"opaque_a_record", Json::bytes(finish.opaque_a_record)},
      {"opaque_b_record", Json::bytes(finish.opaque_b_record)},
      {"question_seal", Json::bytes(finish.question_seal)},
      {"recovery_seal", Json::bytes(finish.recovery_seal)},
      {"recovery_public", Json::bytes(finish.recovery_public)},
      {"profile", Json::bytes(finish.profile)},
      {"card", new_card_json(finish.card)},
      {"computer", computer_key_json(finish.device_spki, finish.computer_name, finish.computer_serial)},
      {"holders", holders_json(finish.holders)},
      {"sheet_check", Json::bytes(finish.sheet_check)}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  return read_registered(answer);
}

}  // namespace cardea::upstream
