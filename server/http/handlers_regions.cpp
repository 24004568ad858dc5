// SPDX-License-Identifier: Apache-2.0
// Regions: what a user sees and decides of his home, and users who come from other regions.
#include "core/api/forward.h"
#include "core/base/text.h"
#include "server/http/api_json.h"
#include "server/http/handlers.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kMaxForward = 1024;

Json region_json(const Context& context, const Home& home) {
  Json::Object body{{"region", context.services.settings.region},
                    {"epoch", home.epoch},
                    {"state", name_of(home.state)},
                    {"record_days", home.records_days}};
  if (home.state == HomeState::agreed || home.state == HomeState::frozen)
    body.emplace_back("to", home.region);
  const Json relocation = relocation_json(home);
  if (!relocation.is_null()) body.emplace_back("relocation", relocation);
  Json::Array others;
  for (const auto& [name, region] : context.services.settings.regions.others)
    others.emplace_back(Json::Object{{"region", name}, {"url", region.url}});
  body.emplace_back("others", std::move(others));
  return body;
}

Result<Digest> digest_in(const Context& context, std::string_view name) {
  TRY_ASSIGN(const CardId id, context.id<CardId>(name));  // 64 hex digits, as every digest
  return id.bytes();
}

Result<RelocationInbox*> arrivals(Context& context) {
  if (!context.services.arrivals) return fail(Error::peer_not_trusted, "this is the only region");
  return &*context.services.arrivals;
}

}  // namespace

Result<Response> get_region(Context& context) {
  TRY_ASSIGN(const UserId user, context.user());
  TRY_ASSIGN(const Home home, context.services.relocation.home(user));
  return json(200, region_json(context, home));
}

Result<Response> put_region(Context& context) {
  JsonFields fields(context.body);
  const bool on = fields.boolean("record_days");
  TRY(fields.complete());
  TRY(context.services.relocation.record_days(context.caller, on));
  return no_content();
}

Result<Response> answer_relocation(Context& context) {
  JsonFields fields(context.body);
  const std::string answer = fields.choice("answer", "move|stay");
  const std::string to = answer == "move" ? fields.text("to", 1, api::kMaxRegionName) : std::string();
  TRY(fields.complete());
  RelocationService& relocation = context.services.relocation;
  TRY_ASSIGN(const Home home, answer == "move" ? relocation.move(context.caller, to, context.now)
                                               : relocation.stay(context.caller, context.now));
  return json(200, region_json(context, home));
}

Result<Response> put_bundle_part(Context& context) {
  JsonFields fields(context.body);
  const Bytes part = fields.bytes("part", 1, kBundlePart);
  TRY(fields.complete());
  TRY_ASSIGN(const Digest move, digest_in(context, "move"));
  const auto number = parse_decimal(context.path["number"]);
  if (!number || *number >= kMaxBundleParts) return fail(Error::invalid_argument, "number of a part");
  TRY_ASSIGN(RelocationInbox* const inbox, arrivals(context));
  TRY(inbox->put_part(context.caller.region, move, static_cast<std::uint32_t>(*number), part, context.now));
  return no_content();
}

Result<Response> import_user(Context& context) {
  JsonFields fields(context.body);
  const auto bundle = fields.identifier<CardId>("bundle");
  const std::uint32_t parts = fields.number("parts", 1, kMaxBundleParts);
  TRY(fields.complete());
  TRY_ASSIGN(const Digest move, digest_in(context, "move"));
  TRY_ASSIGN(RelocationInbox* const inbox, arrivals(context));
  TRY_ASSIGN(const auto receipt,
             inbox->import(context.caller.region, move, bundle.bytes(), parts, context.now));
  return json(200, Json::Object{{"checkpoint_key", Json::bytes(receipt.checkpoint_spki)},
                                {"signature", Json::bytes(receipt.signature)}});
}

Result<Response> activate_user(Context& context) {
  JsonFields fields(context.body);
  const auto user = fields.identifier<UserId>("user_id");
  const auto bundle = fields.identifier<CardId>("bundle");
  const Bytes statement = fields.bytes("statement", 1, kMaxForward);
  TRY(fields.complete());
  TRY_ASSIGN(const Digest move, digest_in(context, "move"));
  TRY_ASSIGN(RelocationInbox* const inbox, arrivals(context));
  TRY(inbox->activate(context.caller.region, move, user, bundle.bytes(), statement, context.now));
  return no_content();
}

}  // namespace cardea::server::http
