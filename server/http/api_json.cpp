// SPDX-License-Identifier: Apache-2.0
#include "server/http/api_json.h"

#include "server/http/problem.h"
#include "server/service/holder_rules.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kMaxSignature = 512;  // RSA-4096
constexpr std::size_t kMaxName = 128;

}  // namespace

Json to_json(const Card& card) {
  return Json::Object{{"card_id", card.id.text()},
                      {"label", card.label},
                      {"serial", card.serial},
                      {"state", name_of(card.state)},
                      {"reason", card.reason},
                      {"auth_spki", Json::bytes(card.auth_spki)},
                      {"wrap_spki", Json::bytes(card.wrap_spki)},
                      {"version", card.version},
                      {"since", card.since},
                      {"computer_id", card.computer ? card.computer->text() : std::string()}};
}

Json state_json(const Card& card) {
  return Json::Object{{"card_id", card.id.text()},
                      {"state", name_of(card.state)},
                      {"reason", card.reason},
                      {"version", card.version}};
}

Json signer_json(const Card& card) {
  return Json::Object{{"card_id", card.id.text()},
                      {"auth_spki", Json::bytes(card.auth_spki)},
                      {"wrap_spki", Json::bytes(card.wrap_spki)},
                      {"proof", Json::bytes(card.proof)}};
}

Json to_json(const Computer& computer) {
  Json::Array officers;
  for (const std::string& name : computer.officers)
    officers.push_back(name);
  return Json::Object{{"computer_id", computer.id.text()},
                      {"name", computer.name},
                      {"serial", computer.serial},
                      {"generation", computer.generation},
                      {"issued", computer.issued},
                      {"used", computer.used},
                      {"fit", computer.fit},
                      {"officers", std::move(officers)},
                      {"last_seen", computer.last_seen},
                      {"rotate_asked", computer.rotate_asked}};
}

Json to_json(const Holder& holder) {
  return Json::Object{{"kind", holder.kind},
                      {"ref", holder.ref},
                      {"epoch", holder.epoch},
                      {"envelope", Json::bytes(holder.envelope)}};
}

Json to_json(const Record& record) {
  return Json::Object{{"record_id", record.id.text()}, {"version", record.version},
                      {"epoch", record.epoch},         {"size", record.size},
                      {"deleted", record.deleted},     {"changed", record.changed}};
}

Json to_json(const AuditEvent& event) {
  auto details = Json::parse(event.details);
  return Json::Object{{"sequence", event.sequence},
                      {"time", event.time},
                      {"kind", event.kind},
                      {"details", details.ok() ? std::move(details).value() : Json()},
                      {"hash", Json::bytes(event.hash)}};
}

Json to_json(const AuditPoint& point) {
  return Json::Object{{"length", point.length}, {"head", Json::bytes(point.head)}};
}

Json audit_json(const Context& context, const AuditPoint& point) {
  return checkpoint_json(context.services.secrets,
                         sign_checkpoint(context.services.secrets, point, context.now));
}

Json administration_json(const Context& context, const AuditPoint& point) {
  return checkpoint_json(context.services.secrets,
                         sign_administration_checkpoint(context.services.secrets, point, context.now));
}

Json checkpoint_json(const ServerSecrets& secrets, const Checkpoint& signed_point) {
  const AuditPoint& point = signed_point.point;
  Json::Object checkpoint{{"time", signed_point.time}, {"signature", Json::bytes(signed_point.signature)}};
  add_checkpoint_key(secrets, checkpoint);
  return Json::Object{
      {"length", point.length}, {"head", Json::bytes(point.head)}, {"checkpoint", std::move(checkpoint)}};
}

Json registered_json(const Context& context, const Registered& registered) {
  return Json::Object{{"user_id", registered.user.text()},
                      {"epoch", registered.epoch},
                      {"audit", audit_json(context, registered.audit)}};
}

void add_checkpoint_key(const ServerSecrets& secrets, Json::Object& out) {
  out.emplace_back("key", Json::bytes(secrets.checkpoint_key().spki()));
  if (secrets.handovers().empty()) return;
  Json::Array handovers;
  for (const api::KeyHandover& handover : secrets.handovers())
    handovers.emplace_back(Json::Object{{"number", handover.number},
                                        {"key", Json::bytes(handover.key)},
                                        {"signature", Json::bytes(handover.signature)}});
  out.emplace_back("handovers", std::move(handovers));
}

Response forwarded(const ServerSecrets& secrets, const Home& home) {
  Response response = problem(fail(Error::peer_not_trusted, "this account has moved to another region"));
  const auto body = Json::parse(response.body);
  Json::Object members = body.ok() && body->object() != nullptr ? *body->object() : Json::Object{};
  // Signed now: the key may be another one than on the day he went.
  Json::Object forward{{"statement", Json::bytes(home.forward)},
                       {"signature", Json::bytes(secrets.checkpoint_key().sign(home.forward))}};
  add_checkpoint_key(secrets, forward);
  members.emplace_back("forward", std::move(forward));
  response.body = Json(std::move(members)).text();
  return response;
}

Json relocation_json(const Home& home) {
  if (home.state != HomeState::asked) return {};
  return Json::Object{{"to", home.region}, {"since", home.since}};
}

Result<Card> read_card(const Json& json) {
  JsonFields fields(json);
  Card card;
  card.auth_spki = fields.bytes("auth_spki", 32, kMaxSpki);
  card.wrap_spki = fields.bytes("wrap_spki", 32, kMaxSpki);
  card.proof = fields.bytes("proof", 64, kMaxSignature);
  card.label = fields.text("label", 0, kMaxName);
  card.serial = fields.text("serial", 0, kMaxName);
  TRY(fields.complete());
  return card;
}

Result<Computer> read_computer(const Json& json) {
  JsonFields fields(json);
  Computer computer;
  computer.device_spki = fields.bytes("device_spki", 32, kMaxSpki);
  computer.name = fields.text("name", 1, kMaxName);
  computer.serial = fields.text("serial", 0, kMaxName);
  TRY(fields.complete());
  return computer;
}

Result<std::vector<Holder>> read_holders(const Json::Array& list) {
  std::vector<Holder> holders;
  for (const Json& item : list) {
    JsonFields fields(item);
    Holder holder;
    holder.kind = fields.text("kind", 1, 16);
    holder.ref = fields.text("ref", 1, 64);
    holder.epoch = fields.number("epoch", 1, 0x7fffffff);
    holder.envelope = fields.bytes("envelope", 1, kMaxHolderEnvelope);
    TRY(fields.complete());
    holders.push_back(std::move(holder));
  }
  return holders;
}

}  // namespace cardea::server::http
