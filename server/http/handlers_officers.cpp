// SPDX-License-Identifier: Apache-2.0
// Help-desk officers: their sessions and keys, and what they do for somebody else (docs/spec/officers.md).
#include <algorithm>

#include "core/base/text.h"
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/http/problem.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kMaxCode = 512;
constexpr std::size_t kMaxLabel = 64;
constexpr std::size_t kMinReason = 3;
constexpr std::size_t kMaxReason = 1000;
constexpr std::size_t kMaxVerifications = 4;

Json officer_json(const Officer& officer) {
  return Json::Object{{"officer_id", officer.id.text()}, {"name", officer.name}, {"role", officer.role}};
}

const char* level_of(const OfficerSession& session) {
  if (session.officer.role == kAdministratorRole)
    return session.by_card ? "administrator-card" : "administrator";
  return session.by_card ? "officer-card" : "officer";
}

Json session_json(const OfficerSession& session) {
  return Json::Object{{"session_id", session.id.text()},
                      {"level", level_of(session)},
                      {"expires_at", session.expires_at},
                      {"officer", officer_json(session.officer)}};
}

Json::Array words_json(const std::vector<std::string>& words) {
  Json::Array out;
  for (const std::string& word : words)
    out.push_back(word);
  return out;
}

Json request_json(const OfficerRequest& request) {
  Json::Object out{{"request_id", request.id.text()},
                   {"kind", name_of(request.kind)},
                   {"state", name_of(request.state)},
                   {"user_id", request.user.text()},
                   {"account", request.account},
                   {"officer", request.officer_name},
                   {"verified", words_json(request.verified.empty() ? std::vector<std::string>{}
                                                                    : split(request.verified, ' '))},
                   {"reason", request.reason},
                   {"issued", request.issued},
                   {"created", request.created},
                   {"expires_at", request.expires_at}};
  if (request.computer) {
    out.emplace_back(
        "computer", Json::Object{{"computer_id", request.computer->text()}, {"name", request.computer_name}});
  }
  if (request.card) out.emplace_back("card_id", request.card->text());
  if (request.approver) out.emplace_back("second", request.approver_name);
  return out;
}

Change<OfficerRequest> request_change(Context& context, int status) {
  return context.change<OfficerRequest>(
      [status](const OfficerRequest& request) { return stored(status, request_json(request)); });
}

Result<std::vector<std::string>> read_words(const Json::Array& list) {
  const auto known = split(find_policy("officer.verification")->allowed, '|');
  std::vector<std::string> words;
  for (const Json& item : list) {
    const std::string* word = item.string();
    if (word == nullptr || std::find(known.begin(), known.end(), *word) == known.end() ||
        std::find(words.begin(), words.end(), *word) != words.end()) {
      return fail(Error::invalid_argument, "“verified” is not a list of known words");
    }
    words.push_back(*word);
  }
  return words;
}

Result<Response> decide(Context& context, bool approve) {
  TRY_ASSIGN(const RequestId id, context.id<RequestId>("request_id"));
  TRY(JsonFields(context.body).complete());
  return answered(
      context.services.officers.decide(context.caller, id, approve, request_change(context, 200)));
}

}  // namespace

Result<Response> open_officer_card_session(Context& context) {
  JsonFields fields(context.body);
  OfficerCardRequest request;
  request.officer = fields.identifier<OfficerId>("officer_id");
  request.challenge = fields.bytes("challenge", 1, 64);
  request.session_spki = fields.bytes("session_spki", kSpkiEd25519);
  request.expires_at = fields.integer("expires_at", 1, std::int64_t{1} << 40);
  request.signature = fields.bytes("signature", 64, 512);
  TRY(fields.complete());
  TRY_ASSIGN(const auto session, context.services.officer_sessions.open_with_card(request, context.now));
  return json(201, session_json(session));
}

Result<Response> open_officer_key_session(Context& context) {
  JsonFields fields(context.body);
  OfficerKeyRequest request;
  request.credential = fields.bytes("credential_id", kMinCredential, kMaxCredential);
  request.challenge = fields.bytes("challenge", 1, 64);
  request.session_spki = fields.bytes("session_spki", kSpkiEd25519);
  request.expires_at = fields.integer("expires_at", 1, std::int64_t{1} << 40);
  request.client_data = fields.bytes("client_data", 1, kMaxClientData);
  request.authenticator_data = fields.bytes("authenticator_data", 1, kMaxAuthenticatorData);
  request.signature = fields.bytes("signature", 8, 512);
  TRY(fields.complete());
  TRY_ASSIGN(const auto session, context.services.officer_sessions.open_with_key(request, context.now));
  return json(201, session_json(session));
}

Result<Response> get_officer(Context& context) {
  const OfficerSession& session = *context.caller.officer;
  TRY_ASSIGN(const OfficerPolicy policy, context.services.officers.policy());
  TRY_ASSIGN(const auto keys, context.services.store.officer_keys(session.officer.id));
  Json::Array list;
  for (const OfficerKey& key : keys) {
    list.push_back(
        Json::Object{{"label", key.label}, {"created", key.created}, {"last_used", key.last_used}});
  }
  return json(200, Json::Object{{"officer", officer_json(session.officer)},
                                {"level", level_of(session)},
                                {"policy", Json::Object{{"second", policy.second},
                                                        {"verification", words_json(policy.verification)}}},
                                {"keys", std::move(list)}});
}

Result<Response> make_officer_key_code(Context& context) {
  TRY(JsonFields(context.body).complete());
  TRY_ASSIGN(const KeyCode made,
             context.services.officer_sessions.make_code(*context.caller.officer, context.now));
  return json(200, Json::Object{{"code", made.code}, {"expires_at", made.expires_at}});
}

Result<Response> add_officer_key(Context& context) {
  JsonFields fields(context.body);
  NewOfficerKey request;
  request.code = fields.text("code", 1, kMaxCode);
  request.credential = fields.bytes("credential_id", kMinCredential, kMaxCredential);
  request.spki = fields.bytes("spki", 32, kMaxSpki);
  request.client_data = fields.bytes("client_data", 1, kMaxClientData);
  request.authenticator_data = fields.bytes("authenticator_data", 1, kMaxAuthenticatorData);
  request.label = fields.text("label", 1, kMaxLabel);
  TRY(fields.complete());
  TRY_ASSIGN(const Officer officer, context.services.officer_sessions.add_key(request, context.now));
  return json(201, Json::Object{{"officer", officer_json(officer)}});
}

Result<Response> find_person(Context& context) {
  JsonFields fields(context.body);
  const std::string account = fields.account();
  TRY(fields.complete());
  TRY_ASSIGN(const Found found, context.services.officers.find(context.caller, account, context.now));
  if (!found.decision.allowed) return too_many(found.decision.wait_seconds);
  Json::Array computers;
  for (const FoundComputer& entry : found.person.computers) {
    computers.push_back(Json::Object{{"computer_id", entry.computer.id.text()},
                                     {"name", entry.computer.name},
                                     {"serial", entry.computer.serial},
                                     {"last_seen", entry.computer.last_seen},
                                     {"can_issue", entry.can_issue}});
  }
  Json::Array cards;
  for (const Card& card : found.person.cards) {
    cards.push_back(
        Json::Object{{"card_id", card.id.text()}, {"label", card.label}, {"state", name_of(card.state)}});
  }
  return json(200, Json::Object{{"user_id", found.person.user.id.text()},
                                {"account", found.person.user.account},
                                {"computers", std::move(computers)},
                                {"cards", std::move(cards)},
                                {"closed", found.person.closed}});
}

Result<Response> list_officer_requests(Context& context) {
  TRY_ASSIGN(const auto requests, context.services.store.officer_requests(context.now));
  Json::Array list;
  for (const OfficerRequest& request : requests)
    list.push_back(request_json(request));
  return json(200, Json::Object{{"requests", std::move(list)}});
}

Result<Response> ask_as_officer(Context& context) {
  JsonFields fields(context.body);
  Asked asked;
  asked.user = fields.identifier<UserId>("user_id");
  const std::string kind = fields.choice("kind", "access-key|open-account|suspend-card");
  if (fields.has("computer_id")) asked.computer = fields.identifier<ComputerId>("computer_id");
  if (fields.has("card_id")) asked.card = fields.identifier<CardId>("card_id");
  const Json::Array& verified = fields.array("verified", kMaxVerifications);
  asked.reason = fields.text("reason", kMinReason, kMaxReason);
  TRY(fields.complete());
  asked.kind = *officer_request_kind(kind);
  TRY_ASSIGN(asked.verified, read_words(verified));
  return answered(context.services.officers.ask(context.caller, asked, request_change(context, 201)));
}

Result<Response> approve_officer_request(Context& context) { return decide(context, true); }

Result<Response> decline_officer_request(Context& context) { return decide(context, false); }

Result<Response> issue_as_officer(Context& context) {
  TRY_ASSIGN(const RequestId id, context.id<RequestId>("request_id"));
  TRY(JsonFields(context.body).complete());
  const auto change = context.change<Issued>([](const Issued& issued) {
    return stored(200, Json::Object{{"computer", to_json(issued.computer)},
                                    {"user_id", issued.generation.user.text()},
                                    {"generation", issued.generation.number},
                                    {"index", issued.index},
                                    {"seal", Json::bytes(issued.generation.seal)},
                                    {"check_k0", Json::bytes(issued.generation.check_k0)}});
  });
  return answered(context.services.officers.issue(context.caller, id, change));
}

Result<Response> carry_out_officer_request(Context& context) {
  TRY_ASSIGN(const RequestId id, context.id<RequestId>("request_id"));
  TRY(JsonFields(context.body).complete());
  return answered(context.services.officers.carry_out(context.caller, id, request_change(context, 200)));
}

}  // namespace cardea::server::http
