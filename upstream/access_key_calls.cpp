// SPDX-License-Identifier: Apache-2.0
#include "upstream/access_key_calls.h"

#include <algorithm>

namespace cardea::upstream {
namespace {

using api::Json;

std::string path_of(const api::ComputerId& computer, std::string_view step) {
  return "/v1/computers/" + computer.text() + "/access-keys/" + std::string(step);
}

}  // namespace

Result<GenerationBegun> begin_generation(ServerClient& client, const RequestKey& device,
                                         const api::ComputerId& computer, const api::UserId& user) {
  Call call{.method = "POST", .path = path_of(computer, "begin"), .key = &device, .repeat = Repeat::once};
  call.body = Json::Object{{"user_id", user.text()}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  auto fields = answer_fields(answer.body);
  GenerationBegun begun;
  begun.generation = fields.number("generation", 1, kMaxNumber);
  Bytes server_random = fields.bytes("server_random", 32);
  begun.recovery_public = fields.bytes("recovery_public", 65);
  const Json& signer = fields.object("recovery_signer");
  TRY(complete_answer(fields, "generation"));
  TRY_ASSIGN(begun.server_random, SecretKey32::from(server_random));
  wipe(server_random);
  TRY_ASSIGN(begun.recovery_signer, read_recovery_signer(signer));
  TRY(check_recovery_signer(user, begun.recovery_public, begun.recovery_signer));
  return begun;
}

Status prepare_generation(ServerClient& client, const RequestKey& device, const api::ComputerId& computer,
                          const GenerationPrepared& prepared) {
  Call call{.method = "POST", .path = path_of(computer, "prepare"), .key = &device, .repeat = Repeat::once};
  Json::Object body{{"user_id", prepared.user.text()},
                    {"generation", prepared.generation},
                    {"seal", Json::bytes(prepared.seal)},
                    {"check_k0", Json::bytes(prepared.check_k0)},
                    {"login_public", Json::bytes(prepared.login_public)}};
  Json::Array seals;
  for (const OfficerSeal& seal : prepared.officers) {
    seals.push_back(Json::Object{
        {"officer_id", seal.officer.text()}, {"name", seal.name}, {"seal", Json::bytes(seal.seal)}});
  }
  if (!seals.empty()) body.emplace_back("officer_seals", std::move(seals));
  call.body = std::move(body);
  TRY(client.call(call));
  return {};
}

Status commit_generation(ServerClient& client, const RequestKey& device, const api::ComputerId& computer,
                         const api::UserId& user, std::uint32_t generation,
                         const access_key::CheckValue& check_k0) {
  Call call{.method = "POST", .path = path_of(computer, "commit"), .key = &device, .repeat = Repeat::once};
  call.body =
      Json::Object{{"user_id", user.text()}, {"generation", generation}, {"check_k0", Json::bytes(check_k0)}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  auto fields = answer_fields(answer.body);
  const std::uint32_t committed = fields.number("generation", 1, kMaxNumber);
  const std::string state = fields.text("state", 1, 32);
  TRY(complete_answer(fields, "generation"));
  if (committed != generation || state != "current") {
    return fail(Error::server_misbehaved, "the generation is not the current one after its commit");
  }
  return {};
}

Result<IssuedKey> read_issued(const Json& json) {
  auto fields = answer_fields(json);
  IssuedKey issued;
  const Json& info = fields.object("computer");
  issued.generation = fields.number("generation", 1, kMaxNumber);
  issued.index = static_cast<std::uint16_t>(fields.number("index", 1, access_key::kChainLength));
  issued.seal = fields.bytes("seal", 1, kMaxSeal);
  const Bytes check = fields.bytes("check_k0", issued.check_k0.size());
  TRY(complete_answer(fields, "access key"));
  std::ranges::copy(check, issued.check_k0.begin());
  TRY_ASSIGN(issued.computer, read_computer(info));
  return issued;
}

Result<IssuedKey> issue_access_key(ServerClient& client, const RequestKey& session,
                                   const api::ComputerId& computer) {
  Call call{.method = "POST", .path = "/v1/access-keys/issue", .key = &session, .repeat = Repeat::once};
  call.body = Json::Object{{"computer_id", computer.text()}};
  TRY_ASSIGN(const Answer answer, client.call(call));
  TRY_ASSIGN(IssuedKey issued, read_issued(answer.body));
  if (issued.computer.id != computer) return fail(Error::server_misbehaved, "a key of another computer");
  return issued;
}

}  // namespace cardea::upstream
