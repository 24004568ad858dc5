// SPDX-License-Identifier: Apache-2.0
#include "upstream/pairing_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

constexpr std::size_t kSpkiEd25519 = 44;
constexpr std::size_t kCover = 94;

std::string path_of(const records::PairingId& id) { return "/v1/pairings/" + to_hex(id); }

}  // namespace

Result<WaitingBrowser> get_pairing(ServerClient& client, const records::PairingId& id) {
  TRY_ASSIGN(const Answer answer, client.call({.method = "GET", .path = path_of(id)}));
  auto fields = answer_fields(answer.body);
  WaitingBrowser browser;
  if (fields.text("pairing_id", 1, 2 * id.size()) != to_hex(id)) fields.complain("pairing_id", "is another");
  browser.offer.session_spki = fields.bytes("session_spki", kSpkiEd25519);
  browser.offer.seal_key = fields.bytes("seal_key", kPoint);
  browser.offer.cover = fields.bytes("cover", kCover);
  browser.answered = fields.has("answer");
  TRY(complete_answer(fields, "pairing"));
  return browser;
}

Status answer_pairing(ServerClient& client, const RequestKey& session, const records::PairingId& id,
                      ByteView answer) {
  Call call{.method = "PUT", .path = path_of(id), .key = &session, .repeat = Repeat::harmless};
  call.body = Json::Object{{"answer", Json::bytes(answer)}};
  TRY(client.call(call));
  return {};
}

}  // namespace cardea::upstream
