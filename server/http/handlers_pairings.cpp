// SPDX-License-Identifier: Apache-2.0
// Browsers that wait for a card.
#include "server/http/handlers.h"
#include "server/http/problem.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kPoint = 65;

}  // namespace

Result<Response> open_pairing(Context& context) {
  JsonFields fields(context.body);
  Pairing pairing;
  pairing.id = fields.identifier<PairingId>("pairing_id");
  pairing.session_spki = fields.bytes("session_spki", kSpkiEd25519);
  pairing.seal_key = fields.bytes("seal_key", kPoint);
  pairing.cover = fields.bytes("cover", kPairingCover);
  TRY(fields.complete());
  const std::string id = pairing.id.text();
  TRY_ASSIGN(const auto opened,
             context.services.pairings.open(context.caller, std::move(pairing), context.now));
  if (opened.retry_after != 0) return too_many(opened.retry_after);
  return json(201, Json::Object{{"pairing_id", id}, {"expires_at", opened.expires_at}});
}

Result<Response> get_pairing(Context& context) {
  TRY_ASSIGN(const PairingId id, context.id<PairingId>("pairing_id"));
  TRY_ASSIGN(const Pairing pairing, context.services.pairings.get(id, context.now));
  Json::Object body{{"pairing_id", id.text()},
                    {"session_spki", Json::bytes(pairing.session_spki)},
                    {"seal_key", Json::bytes(pairing.seal_key)},
                    {"cover", Json::bytes(pairing.cover)},
                    {"expires_at", pairing.expires_at}};
  if (!pairing.answer.empty()) body.emplace_back("answer", Json::bytes(pairing.answer));
  return json(200, body);
}

Result<Response> answer_pairing(Context& context) {
  TRY_ASSIGN(const PairingId id, context.id<PairingId>("pairing_id"));
  JsonFields fields(context.body);
  Bytes answer = fields.bytes("answer", 1, kMaxPairingAnswer);
  TRY(fields.complete());
  TRY(context.services.pairings.answer(context.caller, id, std::move(answer), context.now));
  return no_content();
}

}  // namespace cardea::server::http
