// SPDX-License-Identifier: Apache-2.0
// Computers, their check-in, their guests, and access keys.
#include <algorithm>

#include "core/api/forward.h"
#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/http/paging.h"
#include "server/service/holder_rules.h"
#include "server/service/program_number.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kMaxChainSeal = 4096;
constexpr std::size_t kComputerPage = 256;
constexpr std::size_t kMaxOfficers = 16;
constexpr std::size_t kMaxOfficerSeal = 1024;
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

Result<std::optional<ComputerPosition>> position_of(const Page& page) {
  if (page.position.empty()) return std::optional<ComputerPosition>{};
  if (page.position.size() != 8 + ComputerId::kSize) return Error::invalid_argument;
  const ByteView position(page.position);
  TRY_ASSIGN(const ComputerId id, ComputerId::from_bytes(position.last(ComputerId::kSize)));
  const auto created = static_cast<UnixSeconds>(ByteReader(position).u64());
  return std::optional<ComputerPosition>({created, id});
}

Result<std::vector<OfficerSeal>> read_officer_seals(const Json::Array& list) {
  std::vector<OfficerSeal> seals;
  for (const Json& item : list) {
    JsonFields fields(item);
    OfficerSeal seal;
    seal.officer = fields.identifier<CardId>("officer_id");
    seal.name = fields.account("name");
    seal.seal = fields.bytes("seal", 1, kMaxOfficerSeal);
    TRY(fields.complete());
    const bool twice = std::any_of(seals.begin(), seals.end(),
                                   [&](const OfficerSeal& other) { return other.officer == seal.officer; });
    if (twice) return fail(Error::invalid_argument, "“officer_seals” names an officer twice");
    seals.push_back(std::move(seal));
  }
  return seals;
}

}  // namespace

Result<Response> list_computers(Context& context) {
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const Page page, read_page(context, "computers", kComputerPage));
  TRY_ASSIGN(auto begin, position_of(page));
  ComputerPage found;
  if (context.caller.computer) {
    TRY_ASSIGN(Computer self, context.services.store.get_computer(user, *context.caller.computer));
    found.computers.push_back(std::move(self));
  } else {
    TRY_ASSIGN(found, context.services.store.computers_page(user, begin, page.limit));
  }
  Json::Array list;
  for (const Computer& computer : found.computers)
    list.push_back(to_json(computer));
  Json::Object body{{"computers", std::move(list)}, {"more", found.next.has_value()}};
  if (found.next) {
    const Bytes end =
        ByteBuilder().u64(static_cast<std::uint64_t>(found.next->created)).raw(found.next->id.view()).take();
    TRY_ASSIGN(std::string cursor, page_end(context, "computers", end));
    body.emplace_back("cursor", std::move(cursor));
  }
  return json(200, body);
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

Result<Response> ask_for_access_keys(Context& context) {
  TRY(JsonFields(context.body).complete());
  TRY_ASSIGN(const ComputerId computer, context.id<ComputerId>("computer_id"));
  const auto change =
      context.change<Computer>([](const Computer& asked) { return stored(200, to_json(asked)); });
  return answered(context.services.computers.ask_for_keys(context.caller, computer, change));
}

Result<Response> retire_computer(Context& context) {
  TRY(JsonFields(context.body).complete());
  TRY_ASSIGN(const ComputerId computer, context.id<ComputerId>("computer_id"));
  const auto change = context.change<Retired>([](const Retired&) { return stored(204, Json()); });
  return answered(context.services.computers.retire(context.caller, computer, change));
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
  if (fields.has("gate")) command.gate = fields.choice("gate", kGateWords);
  if (fields.has("program")) {
    const auto number = program_number(fields.text("program", 5, 17));
    if (!number) fields.complain("program", "is not a version");
    command.program = number.value_or(0);
  }
  TRY(fields.complete());
  command.region = context.services.relocation.region_of_day(nearest);
  TRY_ASSIGN(const Json relocation, proposal(context, command.user));
  const auto change = context.change<CheckedIn>([&](const CheckedIn& checked) {
    Json::Array cards;
    for (const Card& card : checked.cards)
      cards.push_back(state_json(card));
    Json::Array officers;
    for (const OfficerId& officer : checked.officers)
      officers.push_back(officer.text());
    Json::Object answer{{"fit", checked.fit},
                        {"issued", checked.issued},
                        {"generation", checked.generation},
                        {"rotate", checked.rotate},
                        {"cards", std::move(cards)},
                        {"officers", std::move(officers)},
                        {"epoch", checked.epoch},
                        {"server_time", context.now},
                        {"audit", audit_json(context, checked.audit)}};
    if (!relocation.is_null()) answer.emplace_back("relocation", relocation);
    return stored(200, answer);
  });
  auto outcome = context.services.computers.check_in(context.caller, command, change);
  if (outcome.ok() && !outcome->repeated && outcome->value.fit == "mismatch")
    context.services.metrics.fit_mismatches.fetch_add(1, std::memory_order_relaxed);
  return answered(std::move(outcome));
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
  const Json::Array none;
  const Json::Array& officers =
      fields.has("officer_seals") ? fields.array("officer_seals", kMaxOfficers) : none;
  TRY(fields.complete());
  TRY_ASSIGN(command.officers, read_officer_seals(officers));
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
        Json::Object body{{"statement", Json::bytes(made.statement)},
                          {"signature", Json::bytes(made.signature)}};
        add_checkpoint_key(context.services.secrets, body);
        return stored(200, body);
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
  return answered(context.counted(Recovery::access_key_issued,
                                  context.services.access_keys.issue(context.caller, computer, change)));
}

}  // namespace cardea::server::http
