// SPDX-License-Identifier: Apache-2.0
#include "upstream/computer_calls.h"

namespace cardea::upstream {
namespace {

using api::Json;

constexpr std::size_t kMaxComputers = 256;
constexpr std::size_t kMaxOfficers = 256;

Result<ComputerInfo> expect(Result<ComputerInfo> read, const api::ComputerId& wanted) {
  if (read.ok() && read->id != wanted)
    return fail(Error::server_misbehaved, "another computer than asked for");
  return read;
}

}  // namespace

Result<std::vector<ComputerInfo>> list_computers(ServerClient& client, const RequestKey& key,
                                                 const std::optional<api::UserId>& user) {
  TRY_ASSIGN(const Answer answer,
             client.call({.method = "GET", .path = "/v1/computers", .query = user_query(user), .key = &key}));
  auto fields = answer_fields(answer.body);
  const Json::Array& computers = fields.array("computers", kMaxComputers);
  TRY(complete_answer(fields, "computers"));
  return read_list(computers, read_computer);
}

Result<ComputerInfo> get_computer(ServerClient& client, const RequestKey& key,
                                  const std::optional<api::UserId>& user, const api::ComputerId& computer) {
  TRY_ASSIGN(const Answer answer, client.call({.method = "GET",
                                               .path = "/v1/computers/" + computer.text(),
                                               .query = user_query(user),
                                               .key = &key}));
  return expect(read_computer(answer.body), computer);
}

Result<ComputerInfo> add_computer(ServerClient& client, const RequestKey& session,
                                  const NewComputer& computer) {
  Call call{.method = "POST", .path = "/v1/computers", .key = &session, .repeat = Repeat::once};
  call.body = Json::Object{{"device_spki", Json::bytes(computer.device_spki)},
                           {"name", computer.name},
                           {"serial", computer.serial},
                           {"proof", Json::bytes(computer.proof)},
                           {"holders", holders_json(computer.holders)}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  return expect(read_computer(answer.body), api::computer_id_of(computer.device_spki));
}

Result<CheckedIn> check_in(ServerClient& client, const RequestKey& device, const api::ComputerId& computer,
                           const CheckIn& check_in) {
  Call call{.method = "POST",
            .path = "/v1/computers/" + computer.text() + "/checkin",
            .key = &device,
            .repeat = Repeat::once};
  Json::Object body{{"user_id", check_in.user.text()}, {"generation", check_in.generation}};
  if (check_in.generation != 0) body.emplace_back("check_k0", Json::bytes(check_in.check_k0));
  body.emplace_back("used", check_in.used);
  if (!check_in.nearest.empty()) body.emplace_back("nearest", check_in.nearest);
  if (!check_in.gate.empty()) body.emplace_back("gate", check_in.gate);
  if (!check_in.program.empty()) body.emplace_back("program", check_in.program);
  call.body = std::move(body);
  TRY_ASSIGN(const Answer answer, client.call(call));
  auto fields = answer_fields(answer.body);
  CheckedIn checked;
  checked.fit = fields.choice("fit", "ok|none|mismatch");
  checked.issued = fields.number("issued", 0, kMaxNumber);
  checked.generation = fields.number("generation", 0, kMaxNumber);
  checked.rotate = fields.boolean("rotate");
  const Json::Array& cards = fields.array("cards", kMaxCards);
  const bool names_officers = fields.has("officers");
  const Json::Array none;
  const Json::Array& officers = names_officers ? fields.array("officers", kMaxOfficers) : none;
  checked.epoch = fields.number("epoch", 1, kMaxNumber);
  checked.server_time = fields.integer("server_time", 0, std::int64_t{1} << 40);
  const Json& audit = fields.object("audit");
  TRY(complete_answer(fields, "check-in"));
  TRY_ASSIGN(checked.cards, read_list(cards, read_card_status));
  TRY_ASSIGN(checked.audit, read_audit(audit));
  if (names_officers) {
    TRY_ASSIGN(checked.officers, read_list(officers, read_card_id));
  }
  return checked;
}

}  // namespace cardea::upstream
