// SPDX-License-Identifier: Apache-2.0
#include "upstream/officer_calls.h"

#include <algorithm>

namespace cardea::upstream {
namespace {

using api::Json;

constexpr std::size_t kMaxCode = 4096;
constexpr std::size_t kMaxReason = 1000;

Call post(std::string path, const RequestKey& session, Json::Object body = {}) {
  Call call{.method = "POST", .path = std::move(path), .key = &session, .repeat = Repeat::once};
  call.body = std::move(body);
  return call;
}

Result<PersonComputer> read_person_computer(const Json& json) {
  auto fields = answer_fields(json);
  PersonComputer computer;
  computer.id = fields.identifier<api::ComputerId>("computer_id");
  computer.name = fields.text("name", 0, kMaxName);
  computer.serial = fields.text("serial", 0, kMaxName);
  computer.can_issue = fields.boolean("can_issue");
  TRY(complete_answer(fields, "computer"));
  return computer;
}

Result<PersonCard> read_person_card(const Json& json) {
  auto fields = answer_fields(json);
  PersonCard card;
  card.id = fields.identifier<api::CardId>("card_id");
  card.label = fields.text("label", 0, kMaxName);
  card.state = fields.text("state", 1, 32);
  TRY(complete_answer(fields, "card"));
  return card;
}

Result<OfficerRequest> read_request(const Json& json) {
  auto fields = answer_fields(json);
  OfficerRequest request;
  request.id = fields.identifier<api::RequestId>("request_id");
  request.kind = fields.text("kind", 1, 32);
  request.state = fields.text("state", 1, 32);
  request.account = fields.account();
  request.officer = fields.account("officer");
  request.reason = fields.text("reason", 0, kMaxReason);
  request.expires_at = fields.integer("expires_at", 0, kMaxTime);
  if (fields.has("second")) request.second = fields.account("second");
  if (fields.has("computer")) {
    auto computer = answer_fields(fields.object("computer"));
    request.computer = computer.text("name", 0, kMaxName);
    TRY(complete_answer(computer, "computer"));
  }
  TRY(complete_answer(fields, "request"));
  return request;
}

}  // namespace

RequestKey officer_key(const api::SessionId& session, const crypto::Ed25519KeyPair& key) {
  return {"officer:" + session.text(), api::SignatureAlgorithm::ed25519, api::ed25519_signer(key)};
}

Result<OfficerSession> open_officer_session(ServerClient& client, const api::CardId& officer,
                                            ByteView session_spki, std::int64_t expires_at,
                                            const CardSigner& sign) {
  const auto prove = [&](const Challenge& challenge, const std::string& authority) -> Result<Call> {
    TRY_ASSIGN(const Bytes signature,
               sign(api::officer_session_proof(authority, challenge.bytes, session_spki,
                                               static_cast<std::uint64_t>(expires_at))));
    Call call{.method = "POST", .path = "/v1/sessions/officer-card", .repeat = Repeat::never};
    call.body = Json::Object{{"officer_id", officer.text()},
                             {"challenge", Json::bytes(challenge.bytes)},
                             {"session_spki", Json::bytes(session_spki)},
                             {"expires_at", expires_at},
                             {"signature", Json::bytes(signature)}};
    return call;
  };
  TRY_ASSIGN(const Answer answer, call_with_proof(client, kProofTries, prove));
  auto fields = answer_fields(answer.body);
  OfficerSession session;
  session.id = fields.identifier<api::SessionId>("session_id");
  session.expires_at = fields.integer("expires_at", 0, kMaxTime);
  auto who = answer_fields(fields.object("officer"));
  session.name = who.account("name");
  TRY(complete_answer(fields, "session"));
  TRY(complete_answer(who, "session"));
  return session;
}

Result<OfficerKeyCode> get_officer_key_code(ServerClient& client, const RequestKey& session) {
  TRY_ASSIGN(const Answer answer, client.call(post("/v1/officers/key-codes", session)));
  auto fields = answer_fields(answer.body);
  OfficerKeyCode code;
  code.code = fields.text("code", 1, kMaxCode);
  code.expires_at = fields.integer("expires_at", 0, kMaxTime);
  TRY(complete_answer(fields, "code"));
  // It goes into an address.
  if (!from_base64url(code.code).ok()) return fail(Error::server_misbehaved, "code: not base64url");
  return code;
}

Result<Person> find_person(ServerClient& client, const RequestKey& session, const std::string& account) {
  TRY_ASSIGN(const Answer answer,
             client.call(post("/v1/officers/find", session, Json::Object{{"account", account}})));
  auto fields = answer_fields(answer.body);
  Person person;
  person.user = fields.identifier<api::UserId>("user_id");
  person.account = fields.account();
  person.closed = fields.boolean("closed");
  const Json::Array& computers = fields.array("computers", kMaxList);
  const Json::Array& cards = fields.array("cards", kMaxList);
  TRY(complete_answer(fields, "account"));
  TRY_ASSIGN(person.computers, read_list(computers, read_person_computer));
  TRY_ASSIGN(person.cards, read_list(cards, read_person_card));
  return person;
}

Result<OfficerRequest> ask_as_officer(ServerClient& client, const RequestKey& session,
                                      const OfficerAsk& ask) {
  Json::Array verified;
  for (const std::string& word : ask.verified)
    verified.push_back(word);
  Json::Object body{{"user_id", ask.user.text()},
                    {"kind", ask.kind},
                    {"verified", std::move(verified)},
                    {"reason", ask.reason}};
  if (ask.computer) body.emplace_back("computer_id", ask.computer->text());
  if (ask.card) body.emplace_back("card_id", ask.card->text());
  TRY_ASSIGN(const Answer answer, client.call(post("/v1/officers/requests", session, std::move(body))));
  return read_request(answer.body);
}

Result<std::vector<OfficerRequest>> list_officer_requests(ServerClient& client, const RequestKey& session) {
  TRY_ASSIGN(const Answer answer,
             client.call({.method = "GET", .path = "/v1/officers/requests", .key = &session}));
  auto fields = answer_fields(answer.body);
  const Json::Array& requests = fields.array("requests", kMaxList);
  TRY(complete_answer(fields, "requests"));
  return read_list(requests, read_request);
}

Result<OfficerRequest> step_officer_request(ServerClient& client, const RequestKey& session,
                                            const api::RequestId& request, std::string_view step) {
  const std::string path = "/v1/officers/requests/" + request.text() + "/" + std::string(step);
  TRY_ASSIGN(const Answer answer, client.call(post(path, session)));
  TRY_ASSIGN(OfficerRequest after, read_request(answer.body));
  if (after.id != request) return fail(Error::server_misbehaved, "another request");
  return after;
}

Result<IssuedForPerson> issue_as_officer(ServerClient& client, const RequestKey& session,
                                         const api::RequestId& request) {
  TRY_ASSIGN(const Answer answer,
             client.call(post("/v1/officers/requests/" + request.text() + "/issue", session)));
  auto fields = answer_fields(answer.body);
  IssuedForPerson issued;
  issued.user = fields.identifier<api::UserId>("user_id");
  TRY(complete_answer(fields, "access key"));
  TRY_ASSIGN(issued.key, read_issued(answer.body));
  return issued;
}

}  // namespace cardea::upstream
