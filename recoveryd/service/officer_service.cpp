// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/officer_service.h"

#include <algorithm>

#include "core/base/text.h"
#include "recoveryd/json.h"
#include "recoveryd/officer_list.h"
#include "recoveryd/service/card_choice.h"
#include "recoveryd/service/opened_card.h"
#include "upstream/officer_calls.h"

namespace cardea::recoveryd {
namespace {

using api::Json;
using worker::kCardTimeout;

// States and kinds of requests as the server names them.
[[maybe_unused]] constexpr const char* kWords[] = {
    text::tr("waiting"),    text::tr("approved"),     text::tr("declined"),    text::tr("done"),
    text::tr("access-key"), text::tr("open-account"), text::tr("suspend-card")};

// The officer's card in a vault without an identity, and a session at his server.
struct OpenedOfficer {
  std::unique_ptr<worker::Vault> vault;
  std::unique_ptr<ServerLink> server;
  std::unique_ptr<crypto::Ed25519KeyPair> key;
  upstream::RequestKey session;
  std::string name;
  [[nodiscard]] upstream::ServerClient& client() const { return server->client(); }
};

Result<OpenedOfficer> open_officer(const Context& context, Conversation& client, const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context.enrolments.load(user));
  TRY_ASSIGN(const worker::CardView card, own_card(context, client.voice(), record));
  OpenedOfficer out;
  TRY_ASSIGN(out.vault, open_with_pin(context, client, card));
  TRY_ASSIGN(out.server, ServerLink::open(context, record));
  out.key = std::make_unique<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::generate(context.random));
  auto session = upstream::open_officer_session(
      out.client(), api::CardId(*card.info.card_id), out.key->spki(),
      context.clock.now() + kOperationSessionSeconds,
      [&](ByteView message) { return out.vault->card_sign(message, kCardTimeout); });
  if (!session.ok() && session.error() == Error::identity_not_accepted)
    return fail(Error::permission_denied, text::tr("This card is not an officer's at your server."));
  if (!session.ok()) return session.failure();
  out.session = upstream::officer_key(session->id, *out.key);
  out.name = session->name;
  return out;
}

// What the server's refusal of a step means to the officer.
Failure explained(const Failure& failure) {
  switch (failure.error) {
    case Error::not_found:
      return fail(Error::not_found, text::tr("There is no such request, or its hour is over."));
    case Error::permission_denied:
      return fail(Error::permission_denied, text::tr("Another officer must do this."));
    case Error::state_forbidden:
      return fail(Error::state_forbidden,
                  text::tr("The request is not in the state for this; see “cardea officer list”."));
    case Error::access_key_exhausted:
      return fail(Error::access_key_exhausted,
                  text::tr("No more keys are issued for this request. Ask anew."));
    default:
      return failure;
  }
}

Result<upstream::Person> find_account(const OpenedOfficer& officer, const std::string& account) {
  auto person = upstream::find_person(officer.client(), officer.session, account);
  if (!person.ok() && person.error() == Error::not_found)
    return fail(Error::not_found, text::tr("There is no account of this name."));
  return person;
}

Result<api::RequestId> request_of(const OperationRequest& request) {
  const auto id = api::RequestId::from_text(request.argument("request"));
  if (!id.ok())
    return fail(Error::invalid_argument, text::tr("A request has 32 digits; see “cardea officer list”."));
  return id;
}

bool is_meant(const upstream::PersonComputer& computer, std::string_view wanted) {
  return computer.name == wanted || computer.serial == wanted || computer.id.text() == wanted;
}

Result<api::ComputerId> choose_computer(text::Voice& voice, const upstream::Person& person,
                                        const std::string& wanted) {
  const upstream::PersonComputer* found = nullptr;
  for (const upstream::PersonComputer& computer : person.computers) {
    if (!wanted.empty() && !is_meant(computer, wanted)) continue;
    if (found != nullptr)
      return fail(Error::invalid_argument,
                  text::tr("The account has more than one such computer. Name it by its id."));
    found = &computer;
  }
  if (found == nullptr) return fail(Error::not_found, text::tr("The account has no such computer."));
  if (!found->can_issue)
    return voice.refuse(Error::holder_missing,
                        "“%1” has no access keys for you. Its administrator has not named you an officer "
                        "there.",
                        {found->name});
  return found->id;
}

Json::Object json_of(const upstream::OfficerRequest& request) {
  return {
      {"request_id", request.id.text()}, {"kind", request.kind},         {"state", request.state},
      {"account", request.account},      {"computer", request.computer}, {"officer", request.officer},
      {"second", request.second},        {"reason", request.reason},     {"expires_at", request.expires_at}};
}

std::string describe(const text::Voice& voice, const upstream::OfficerRequest& request) {
  std::string line = request.id.text();
  for (const std::string_view part : {voice.word(request.state), voice.word(request.kind),
                                      std::string_view(request.account), std::string_view(request.computer),
                                      std::string_view(request.officer), std::string_view(request.reason)}) {
    if (!part.empty()) line.append("  ").append(part);
  }
  return line;
}

OperationOutcome told(const std::string& message, const upstream::OfficerRequest& request) {
  return OperationOutcome{message, Json(json_of(request)).text()};
}

// What comes next for a request in this state.
std::string advice(const text::Voice& voice, const upstream::OfficerRequest& request) {
  const std::string id = request.id.text();
  if (request.state == "waiting")
    return voice.speak("Another officer must approve it: “cardea officer approve --request %1”.", {id});
  if (request.state == "approved" && request.kind == "access-key")
    return voice.speak("Approved. Make the key: “cardea officer issue --request %1”.", {id});
  if (request.state == "approved")
    return voice.speak("Approved. Do it: “cardea officer carry-out --request %1”.", {id});
  return request.state == "done" ? text::tr("Done.") : text::tr("Declined.");
}

}  // namespace

Result<OperationOutcome> OfficerService::show(Conversation& client, const std::string& user) {
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const worker::CardView card, own_card(context_, client.voice(), record));
  const std::string line = officer_line(record.account, card.info.auth_spki, card.info.wrap_spki);
  JsonObject json;
  json.set("name", record.account)
      .set("officer_id", to_hex(*card.info.card_id))
      .set("auth_spki", to_base64url(card.info.auth_spki))
      .set("wrap_spki", to_base64url(card.info.wrap_spki))
      .set("line", line);
  return OperationOutcome{line, std::move(json).text()};
}

Result<OperationOutcome> OfficerService::add_key(Conversation& client, const std::string& user) {
  TRY_ASSIGN(const OpenedOfficer officer, open_officer(context_, client, user));
  TRY_ASSIGN(const auto code, upstream::get_officer_key_code(officer.client(), officer.session));
  const std::string address = "https://" + officer.client().authority() + "/help-desk#" + code.code;
  JsonObject json;
  json.set("address", address).set("expires_at", code.expires_at);
  return OperationOutcome{
      client.voice().speak("Open this address within ten minutes, where your security key is. It is good for "
                           "one key:\n%1",
                           {address}),
      std::move(json).text()};
}

Result<OperationOutcome> OfficerService::find(Conversation& client, const OperationRequest& request,
                                              const std::string& user) {
  TRY_ASSIGN(const OpenedOfficer officer, open_officer(context_, client, user));
  TRY_ASSIGN(const auto person, find_account(officer, request.argument("account")));
  const text::Voice& voice = client.voice();
  std::string message = voice.speak("Account %1", {person.account});
  if (person.closed) message += voice.speak(": closed after too many wrong tries");
  Json::Array computers, cards;
  for (const upstream::PersonComputer& computer : person.computers) {
    message += "\n  " + voice.speak(computer.can_issue ? text::tr("computer “%1”, id %2")
                                                       : text::tr("computer “%1”, id %2 (no keys for you)"),
                                    {computer.name, computer.id.text()});
    computers.push_back(Json::Object{{"computer_id", computer.id.text()},
                                     {"name", computer.name},
                                     {"serial", computer.serial},
                                     {"can_issue", computer.can_issue}});
  }
  for (const upstream::PersonCard& card : person.cards) {
    message +=
        "\n  " + voice.speak("card “%1”, %2, id %3", {card.label, voice.word(card.state), card.id.text()});
    cards.push_back(Json::Object{{"card_id", card.id.text()}, {"label", card.label}, {"state", card.state}});
  }
  JsonObject json;
  json.set("account", person.account)
      .set("closed", person.closed)
      .set("computers", std::move(computers))
      .set("cards", std::move(cards));
  return OperationOutcome{message, std::move(json).text()};
}

Result<OperationOutcome> OfficerService::ask(Conversation& client, const OperationRequest& request,
                                             const std::string& user) {
  TRY_ASSIGN(const OpenedOfficer officer, open_officer(context_, client, user));
  TRY_ASSIGN(const auto person, find_account(officer, request.argument("account")));
  upstream::OfficerAsk ask;
  ask.user = person.user;
  ask.kind = request.argument("for", "access-key");
  ask.reason = request.argument("reason");
  if (const std::string verified = request.argument("verified"); !verified.empty())
    ask.verified = split(verified, ',');
  if (ask.kind == "access-key") {
    TRY_ASSIGN(ask.computer, choose_computer(client.voice(), person, request.argument("computer")));
  }
  if (ask.kind == "suspend-card") {
    const auto card = api::CardId::from_text(request.argument("card"));
    if (!card.ok())
      return fail(Error::invalid_argument, text::tr("Name the card by its id: --card CARD-ID."));
    ask.card = *card;
  }
  const auto made = upstream::ask_as_officer(officer.client(), officer.session, ask);
  if (!made.ok() && made.error() == Error::state_forbidden)
    return fail(Error::state_forbidden,
                text::tr("Your organisation wants to know more: name what you did with --verified."));
  if (!made.ok()) return made.failure();
  return told(advice(client.voice(), *made), *made);
}

Result<OperationOutcome> OfficerService::list(Conversation& client, const std::string& user) {
  TRY_ASSIGN(const OpenedOfficer officer, open_officer(context_, client, user));
  TRY_ASSIGN(const auto requests, upstream::list_officer_requests(officer.client(), officer.session));
  std::string message;
  Json::Array list;
  for (const upstream::OfficerRequest& request : requests) {
    message.append(message.empty() ? "" : "\n").append(describe(client.voice(), request));
    list.push_back(json_of(request));
  }
  if (requests.empty()) message = text::tr("There is no open request.");
  JsonObject json;
  json.set("requests", std::move(list));
  return OperationOutcome{message, std::move(json).text()};
}

Result<OperationOutcome> OfficerService::step(Conversation& client, const OperationRequest& request,
                                              const std::string& user, std::string_view step) {
  TRY_ASSIGN(const api::RequestId id, request_of(request));
  TRY_ASSIGN(const OpenedOfficer officer, open_officer(context_, client, user));
  const auto after = upstream::step_officer_request(officer.client(), officer.session, id, step);
  if (!after.ok()) return explained(after.failure());
  return told(step == "approve" ? std::string(text::tr("Approved.")) : advice(client.voice(), *after),
              *after);
}

Result<OperationOutcome> OfficerService::issue(Conversation& client, const OperationRequest& request,
                                               const std::string& user) {
  TRY_ASSIGN(const api::RequestId id, request_of(request));
  TRY_ASSIGN(const OpenedOfficer officer, open_officer(context_, client, user));
  const auto issued = upstream::issue_as_officer(officer.client(), officer.session, id);
  if (!issued.ok()) return explained(issued.failure());
  const upstream::IssuedKey& key = issued->key;
  // From here on the vault works for the person who is locked out.
  TRY(officer.vault->set_identity(issued->user.bytes(), key.computer.id.bytes(), kCardTimeout));
  TRY(officer.vault->chain_open({key.generation, key.index, key.check_k0, key.seal}, kCardTimeout));
  (void)context_.audit.append(context_.clock.now(), "officer-issued",
                              {{"user", user},
                               {"request", id.text()},
                               {"computer", key.computer.id.text()},
                               {"index", static_cast<std::int64_t>(key.index)}});
  const std::string caption =
      client.voice().speak("Access key for “%1”, good for one login:", {key.computer.name});
  TRY(client.reveal("access-key", caption, [&](UniqueFd channel) {
    return officer.vault->reveal(worker::Purpose::access_key, std::move(channel), kCardTimeout);
  }));
  JsonObject json;
  json.set("computer", key.computer.name)
      .set("computer_id", key.computer.id.text())
      .set("index", static_cast<std::uint32_t>(key.index));
  return OperationOutcome{
      text::tr("Read it to the person; nobody else can see it. Then he puts a new card in: “cardea card "
               "replace”."),
      std::move(json).text()};
}

}  // namespace cardea::recoveryd
