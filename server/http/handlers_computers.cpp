// SPDX-License-Identifier: Apache-2.0
// Computers, their check-in, their guests, and access keys.
#include "core/api/forward.h"
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/service/holder_rules.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kMaxChainSeal = 4096;
constexpr std::size_t kMinCheck = 16;
constexpr std::size_t kMaxCheck = 32;

// A computer speaks for itself only, whatever the address says.
Status check_self(const Context& context) {
  TRY_ASSIGN(const ComputerId id, context.id<ComputerId>("computer_id"));
  if (context.caller.computer != id) return fail(Error::permission_denied, "another computer's address");
  return {};
}

// What the owner is asked, if anything (docs/spec/relocation.md).
Result<Json> proposal(const Context& context, const UserId& user) {
  if (!context.services.settings.region_keys) return Json();
  const auto home = context.services.store.home(user);
  if (!home.ok()) return home.error() == Error::not_found ? Result<Json>(Json()) : home.failure();
  return relocation_json(*home);
}

}  // namespace

Result<Response> list_computers(Context& context) {
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const auto computers, context.services.store.computers(user));
  Json::Array list;
  for (const Computer& computer : computers) {
    if (!context.caller.computer || *context.caller.computer == computer.id)
      list.push_back(to_json(computer));
  }
  return json(200, Json::Object{{"computers", std::move(list)}});
}

Result<Response> get_computer(Context& context) {
  if (context.caller.computer) TRY(check_self(context));
  TRY_ASSIGN(const ComputerId id, context.id<ComputerId>("computer_id"));
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const Computer computer, context.services.store.get_computer(user, id));
  return json(200, to_json(computer));
}

Result<Response> add_computer(Context& context) {
  JsonFields fields(context.body);
  ComputerRequest request;
  request.computer.device_spki = fields.bytes("device_spki", 32, 600);
  request.computer.name = fields.text("name", 1, 128);
  request.computer.serial = fields.text("serial", 0, 128);
  request.proof = fields.bytes("proof", 64);
  const Json::Array& holders = fields.array("holders", kMaxHolders);
  TRY(fields.complete());
  TRY_ASSIGN(request.holders, read_holders(holders));
  const auto change =
      context.change<Computer>([](const Computer& computer) { return stored(201, to_json(computer)); });
  return answered(context.services.computers.add(context.caller, std::move(request), change));
}

Result<Response> check_in(Context& context) {
  TRY(check_self(context));
  JsonFields fields(context.body);
  CheckIn command;
  command.user = fields.identifier<UserId>("user_id");
  command.generation = fields.number("generation", 0, 0x7fffffff);
  command.check_k0 = command.generation == 0 && !fields.has("check_k0")
                         ? Bytes{}
                         : fields.bytes("check_k0", kMinCheck, kMaxCheck);
  command.used = fields.number("used", 0, kChainLength);
  const std::string nearest = fields.has("nearest") ? fields.text("nearest", 1, api::kMaxRegionName) : "";
  TRY(fields.complete());
  command.region = context.services.relocation.region_of_day(nearest);
  TRY_ASSIGN(const Json relocation, proposal(context, command.user));
  const auto change = context.change<CheckedIn>([&](const CheckedIn& checked) {
    Json::Array cards;
    for (const Card& card : checked.cards)
      cards.push_back(state_json(card));
    Json::Object answer{{"fit", checked.fit},
                        {"issued", checked.issued},
                        {"generation", checked.generation},
                        {"rotate", checked.rotate},
                        {"cards", std::move(cards)},
                        {"epoch", checked.epoch},
                        {"server_time", context.now},
                        {"audit", audit_json(context, checked.audit)}};
    if (!relocation.is_null()) answer.emplace_back("relocation", relocation);
    return stored(200, answer);
  });
  return answered(context.services.computers.check_in(context.caller, command, change));
}

Result<Response> begin_access_keys(Context& context) {
  TRY(check_self(context));
  JsonFields fields(context.body);
  const UserId user = fields.identifier<UserId>("user_id");
  TRY(fields.complete());
  return answered(context.services.access_keys.begin(
      context.caller, user, context.now, std::move(context.once), [](const GenerationBegun& begun) {
        return stored(200, Json::Object{{"generation", begun.number},
                                        {"server_random", Json::bytes(begun.server_random)},
                                        {"recovery_public", Json::bytes(begun.recovery_public)},
                                        {"recovery_signer", signer_json(begun.signer)}});
      }));
}

Result<Response> prepare_access_keys(Context& context) {
  TRY(check_self(context));
  JsonFields fields(context.body);
  PrepareGeneration command;
  command.user = fields.identifier<UserId>("user_id");
  command.number = fields.number("generation", 1, 0x7fffffff);
  command.seal = fields.bytes("seal", 1, kMaxChainSeal);
  command.check_k0 = fields.bytes("check_k0", kMinCheck, kMaxCheck);
  command.login_public = fields.bytes("login_public", 32, 64);
  TRY(fields.complete());
  const auto change = context.change<Generation>([](const Generation&) { return stored(204, Json()); });
  return answered(context.services.access_keys.prepare(context.caller, std::move(command), change));
}

Result<Response> commit_access_keys(Context& context) {
  TRY(check_self(context));
  JsonFields fields(context.body);
  CommitGeneration command;
  command.user = fields.identifier<UserId>("user_id");
  command.number = fields.number("generation", 1, 0x7fffffff);
  command.check_k0 = fields.bytes("check_k0", kMinCheck, kMaxCheck);
  TRY(fields.complete());
  const auto change = context.change<Generation>([](const Generation& generation) {
    return stored(200, Json::Object{{"generation", generation.number}, {"state", name_of(generation.state)}});
  });
  return answered(context.services.access_keys.commit(context.caller, std::move(command), change));
}

Result<Response> state_guest(Context& context) {
  JsonFields fields(context.body);
  const Json& computer = fields.object("computer");  // who signs: the router has looked at it
  const CardId card = fields.identifier<CardId>("card_id");
  TRY(fields.complete());
  JsonFields computer_fields(computer);
  (void)computer_fields.bytes("device_spki", 32, 600);
  TRY(computer_fields.complete());
  return answered(context.services.guests.admit(
      context.caller, card, context.now, std::move(context.once), [&context](const SignedStatement& made) {
        return stored(200,
                      Json::Object{{"statement", Json::bytes(made.statement)},
                                   {"signature", Json::bytes(made.signature)},
                                   {"key", Json::bytes(context.services.secrets.checkpoint_key().spki())}});
      }));
}

Result<Response> issue_access_key(Context& context) {
  JsonFields fields(context.body);
  const ComputerId computer = fields.identifier<ComputerId>("computer_id");
  TRY(fields.complete());
  const auto change = context.change<Issued>([](const Issued& issued) {
    return stored(200, Json::Object{{"computer", to_json(issued.computer)},
                                    {"generation", issued.generation.number},
                                    {"index", issued.index},
                                    {"seal", Json::bytes(issued.generation.seal)},
                                    {"check_k0", Json::bytes(issued.generation.check_k0)}});
  });
  return answered(context.services.access_keys.issue(context.caller, computer, change));
}

}  // namespace cardea::server::http
