// SPDX-License-Identifier: Apache-2.0
#include "upstream/guest_calls.h"

namespace cardea::upstream {

using api::Json;

Result<GuestStatement> get_guest_statement(ServerClient& client, const RequestKey& device,
                                           ByteView device_spki, const api::CardId& card) {
  Call call{.method = "POST", .path = "/v1/guests/statement", .key = &device, .repeat = Repeat::once};
  call.body = Json::Object{{"computer", Json::Object{{"device_spki", Json::bytes(device_spki)}}},
                           {"card_id", card.text()}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  auto fields = answer_fields(answer.body);
  GuestStatement out;
  out.statement = fields.bytes("statement", 1, kMaxSeal);
  out.signature = fields.bytes("signature", 64);
  out.key = fields.bytes("key", 1, 128);
  TRY_ASSIGN(out.handovers, read_handovers(fields));
  TRY(complete_answer(fields, "guest"));
  return out;
}

}  // namespace cardea::upstream
