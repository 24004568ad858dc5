// SPDX-License-Identifier: Apache-2.0
#include "upstream/region_calls.h"

#include "core/api/forward.h"
#include "core/api/server_list.h"

namespace cardea::upstream {
namespace {

using api::Json;

constexpr char kPath[] = "/v1/account/region";
constexpr std::size_t kMaxRegions = 64;

Result<OtherRegion> read_other(const Json& json) {
  auto fields = answer_fields(json);
  OtherRegion out{fields.text("region", 1, api::kMaxRegionName), fields.text("url", 1, api::kMaxServerUrl)};
  TRY(complete_answer(fields, "region"));
  if (!api::is_region_name(out.region) || !api::is_server_origin(out.url))
    return fail(Error::server_misbehaved, "region: no name or address of one");
  return out;
}

Result<HomeRegion> read_home(const Json& json) {
  auto fields = answer_fields(json);
  HomeRegion out;
  out.region = fields.text("region", 0, kMaxName);
  out.state = fields.choice("state", "here|asked|agreed|frozen");
  out.record_days = fields.boolean("record_days");
  if (fields.has("to")) out.to = fields.text("to", 1, api::kMaxRegionName);
  const Json* const relocation = fields.has("relocation") ? &fields.object("relocation") : nullptr;
  const Json::Array& others = fields.array("others", kMaxRegions);
  TRY(complete_answer(fields, "region"));
  TRY_ASSIGN(out.others, read_list(others, read_other));
  if (relocation == nullptr) return out;
  auto asked = answer_fields(*relocation);
  out.to = asked.text("to", 1, api::kMaxRegionName);
  out.asked_at = asked.integer("since", 0, std::int64_t{1} << 40);
  TRY(complete_answer(asked, "relocation"));
  return out;
}

}  // namespace

Result<HomeRegion> get_home_region(ServerClient& client, const RequestKey& key,
                                   const std::optional<api::UserId>& user) {
  TRY_ASSIGN(const Answer answer,
             client.call({.method = "GET", .path = kPath, .query = user_query(user), .key = &key}));
  return read_home(answer.body);
}

Status record_days(ServerClient& client, const RequestKey& session, bool on) {
  const Call call{.method = "PUT", .path = kPath, .body = Json::Object{{"record_days", on}}, .key = &session};
  TRY(client.call(call));
  return {};
}

Result<HomeRegion> answer_relocation(ServerClient& client, const RequestKey& session, const std::string& to) {
  Call call{.method = "POST", .path = std::string(kPath) + "/move", .key = &session, .repeat = Repeat::never};
  Json::Object body{{"answer", to.empty() ? "stay" : "move"}};
  if (!to.empty()) body.emplace_back("to", to);
  call.body = std::move(body);
  TRY_ASSIGN(const Answer answer, client.call(call));
  return read_home(answer.body);
}

}  // namespace cardea::upstream
