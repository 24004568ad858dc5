// SPDX-License-Identifier: Apache-2.0
// What the administrator's page shows and changes (docs/spec/administrator.md): all computers, policies, this
// server. The chains are in handlers_admin_audit.
#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/text.h"
#include "server/http/admin_json.h"
#include "server/http/api_json.h"
#include "server/http/handlers.h"
#include "server/http/paging.h"
#include "server/service/program_number.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kFleetPage = 200;
constexpr std::size_t kMaxSearch = 64;
constexpr std::size_t kMaxPolicyValue = 256;

// The names of what is wrong with it, as the filters have them.
Json::Array reasons(const FleetComputer& computer, const FleetRule& rule) {
  Json::Array out;
  if (computer.retired) return out;
  if (computer.last_seen < rule.silent_before && computer.created < rule.silent_before)
    out.emplace_back("silent");
  if (computer.gate == "fell-back") out.emplace_back("fell-back");
  if (computer.program > 0 && computer.program < rule.program) out.emplace_back("outdated");
  if (computer.fit == "none" || computer.fit == "mismatch") out.emplace_back("unfit");
  return out;
}

// No key, holder, card or record: what somebody needs who goes to this computer.
Json fleet_json(const FleetComputer& computer, const FleetRule& rule) {
  return Json::Object{{"computer_id", computer.computer.text()},
                      {"user_id", computer.user.text()},
                      {"account", computer.account},
                      {"name", computer.name},
                      {"serial", computer.serial},
                      {"fit", computer.fit},
                      {"gate", computer.gate},
                      {"program", program_text(computer.program)},
                      {"created", computer.created},
                      {"last_seen", computer.last_seen},
                      {"retired", computer.retired},
                      {"attention", reasons(computer, rule)}};
}

Bytes bytes_of(const FleetComputer& computer) {
  ByteBuilder out;
  out.u64(static_cast<std::uint64_t>(computer.last_seen));
  return out.raw(computer.user.view()).raw(computer.computer.view()).take();
}

Result<std::optional<FleetPosition>> fleet_position_of(const Page& page) {
  if (page.position.empty()) return std::optional<FleetPosition>();
  ByteReader in(page.position);
  FleetPosition out;
  out.last_seen = static_cast<UnixSeconds>(in.u64());
  TRY_ASSIGN(out.user, UserId::from_bytes(in.bytes(UserId::kSize)));
  TRY_ASSIGN(out.computer, ComputerId::from_bytes(in.bytes(ComputerId::kSize)));
  if (!in.complete()) return fail(Error::invalid_argument, "“cursor” is none of this list");
  return std::optional(out);
}

Result<FleetFilter> read_filter(const Context& context) {
  const auto given = context.query.find("filter");
  if (given == context.query.end()) return FleetFilter::all;
  const auto names = split(kFleetFilters, '|');
  const auto found = std::find(names.begin(), names.end(), given->second);
  if (found == names.end())
    return fail(Error::invalid_argument, "“filter” is one of " + std::string(kFleetFilters));
  return static_cast<FleetFilter>(found - names.begin());
}

// base64url: a query of ours has no other bytes (request_head).
Result<std::string> read_search(const Context& context) {
  const auto given = context.query.find("search");
  if (given == context.query.end()) return std::string();
  const auto bytes = from_base64url(given->second);
  const std::string_view text = bytes.ok() ? as_text(*bytes) : std::string_view();
  const bool fits = bytes.ok() && text.size() <= kMaxSearch && is_valid_utf8(text) &&
                    text.find('\0') == std::string_view::npos;
  if (!fits) return fail(Error::invalid_argument, "“search” is base64url of a text of at most 64 bytes");
  return std::string(text);
}

Json policies_json(const Services& services, const PolicySet& set) {
  Json::Array list;
  for (const PolicySpec& spec : all_policies()) {
    const auto stored = std::ranges::find(set.values, spec.name, &PolicyValue::name);
    const bool is_set = stored != set.values.end();
    const std::string fallback = services.policies.fallback(spec.id);
    Json::Array allowed;
    for (const std::string& word : split(spec.allowed, '|'))
      if (!word.empty()) allowed.emplace_back(word);
    list.emplace_back(Json::Object{{"name", spec.name},
                                   {"type", name_of(spec.type)},
                                   {"value", is_set ? stored->value : fallback},
                                   {"default", fallback},
                                   {"set", is_set},
                                   {"changed", is_set ? stored->changed : UnixSeconds{0}},
                                   {"allowed", std::move(allowed)},
                                   {"minimum", spec.minimum},
                                   {"maximum", spec.maximum},
                                   {"meaning", spec.meaning}});
  }
  return Json::Object{{"policies", std::move(list)}, {"version", set.version}};
}

Result<Response> answer_policies(Context& context) {
  TRY_ASSIGN(const PolicySet set, context.services.store.policy_set());
  return json(200, policies_json(context.services, set), quoted(set.version));
}

}  // namespace

TouchRequest read_touch(JsonFields& fields) {
  const Json& json = fields.object("touch");
  JsonFields touch(json);
  TouchRequest out;
  out.challenge = touch.bytes("challenge", 1, 64);
  out.credential = touch.bytes("credential_id", kMinCredential, kMaxCredential);
  out.client_data = touch.bytes("client_data", 1, kMaxClientData);
  out.authenticator_data = touch.bytes("authenticator_data", 1, kMaxAuthenticatorData);
  out.signature = touch.bytes("signature", 8, 512);
  if (!touch.complete().ok()) fields.complain("touch", "is not what a security key answers");
  return out;
}

Result<Response> get_fleet(Context& context) {
  TRY_ASSIGN(const FleetRule rule, context.services.administration.fleet_rule(context.now));
  TRY_ASSIGN(const FleetCounts counts, context.services.store.fleet_counts(rule));
  TRY_ASSIGN(const std::uint32_t days, context.services.policies.number(Policy::fleet_silent_days));
  return json(200, Json::Object{{"users", counts.users},
                                {"computers", counts.computers},
                                {"attention", counts.attention},
                                {"silent", counts.silent},
                                {"fell_back", counts.fell_back},
                                {"outdated", counts.outdated},
                                {"unfit", counts.unfit},
                                {"gate_on", counts.gate_on},
                                {"retired", counts.retired},
                                {"silent_days", days},
                                {"program", program_text(rule.program)}});
}

Result<Response> list_fleet(Context& context) {
  TRY_ASSIGN(const Page page, read_page(context, "fleet", kFleetPage));
  FleetQuery query;
  TRY_ASSIGN(query.rule, context.services.administration.fleet_rule(context.now));
  TRY_ASSIGN(query.filter, read_filter(context));
  TRY_ASSIGN(query.search, read_search(context));
  TRY_ASSIGN(query.after, fleet_position_of(page));
  query.limit = page.limit;
  TRY_ASSIGN(const auto computers, context.services.store.fleet_page(query));
  Json::Array list;
  for (const FleetComputer& computer : computers)
    list.push_back(fleet_json(computer, query.rule));
  const bool more = computers.size() == page.limit;
  Json::Object body{{"computers", std::move(list)}, {"more", more}};
  if (more) {
    TRY_ASSIGN(std::string cursor, page_end(context, "fleet", bytes_of(computers.back())));
    body.emplace_back("cursor", std::move(cursor));
  }
  return json(200, body);
}

Result<Response> get_policies(Context& context) { return answer_policies(context); }

Result<Response> put_policy(Context& context) {
  TRY_ASSIGN(const std::uint64_t version, context.if_match());
  JsonFields fields(context.body);
  std::optional<std::string> value;
  if (fields.has("value")) value = fields.text("value", 0, kMaxPolicyValue);
  const TouchRequest touch = read_touch(fields);
  TRY(fields.complete());
  TRY(context.services.administration.change_policy(context.caller, context.path["policy"], value, version,
                                                    touch, context.now));
  return answer_policies(context);
}

Result<Response> get_server(Context& context) {
  const Services& services = context.services;
  TRY_ASSIGN(const StoreFacts facts, services.store.facts());
  TRY_ASSIGN(const AuditEnd end, services.store.audit_end());
  TRY_ASSIGN(const AuditPoint administration, services.store.admin_audit_end());
  Json::Object body{{"authority", services.settings.authority},
                    {"region", services.settings.region},
                    {"program", services.settings.program},
                    {"ready", services.store.ready().ok()},
                    {"time", context.now},
                    {"engine", facts.engine},
                    {"schema", facts.schema},
                    {"events", end.events},
                    {"last_event", end.time},
                    {"administration", administration_json(context, administration)}};
  if (facts.standbys) body.emplace_back("standbys", *facts.standbys);
  return json(200, body);
}

}  // namespace cardea::server::http
