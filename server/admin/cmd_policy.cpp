// SPDX-License-Identifier: Apache-2.0
// `cardea admin policy`: what the organisation decides (server/service/policy.h).
#include "server/admin/desk.h"
#include "server/admin/outcome.h"
#include "server/admin/runners.h"
#include "server/service/policy.h"

namespace cardea::server::admin {
namespace {

using api::Json;

Result<const PolicySpec*> named_policy(const Desk& desk) {
  const std::string name = desk.line().value("NAME");
  const PolicySpec* spec = find_policy(name);
  if (spec == nullptr)
    return fail(Error::not_found, "There is no policy “" + name + "”; “cardea admin policy list” shows all");
  return spec;
}

PolicyDefaults defaults_of(const ServerConfig& config) {
  return {config.registration_open, config.guesses_per_prefix};
}

Result<Json::Object> describe(Store& store, const Policies& policies, const PolicySpec& spec) {
  TRY_ASSIGN(const std::string value, policies.text(spec.id));
  TRY_ASSIGN(const auto stored, store.policy(spec.name));
  return Json::Object{{"name", spec.name},
                      {"value", value},
                      {"default", policies.fallback(spec.id)},
                      {"set", stored.has_value()},
                      {"allowed", allowed_values(spec)},
                      {"meaning", spec.meaning}};
}

Result<Answer> change(Desk& desk, std::optional<std::string> value) {
  TRY_ASSIGN(const PolicySpec* spec, named_policy(desk));
  if (value) {
    TRY_ASSIGN(value, policy_value(*spec, *value));
  }
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  TRY(store->set_policy({spec->name, std::move(value), desk.actor()}, desk.now()));
  TRY_ASSIGN(Json::Object policy, describe(*store, Policies(*store, defaults_of(desk.config())), *spec));
  const std::string shown = *Json(policy).find("value")->string();
  return Answer{std::string(spec->name) + " = " + shown, std::move(policy)};
}

}  // namespace

Result<Answer> list_policies(Desk& desk) {
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  const Policies policies(*store, defaults_of(desk.config()));
  Json::Array all;
  std::vector<std::vector<std::string>> rows;
  for (const PolicySpec& spec : all_policies()) {
    TRY_ASSIGN(Json::Object policy, describe(*store, policies, spec));
    const Json described(policy);
    const std::string& value = *described.find("value")->string();
    rows.push_back({spec.name, value.empty() ? "-" : value,
                    *described.find("set")->boolean() ? "set" : "default", allowed_values(spec),
                    spec.meaning});
    all.emplace_back(std::move(policy));
  }
  return Answer{in_columns(rows), {{"policies", std::move(all)}}};
}

Result<Answer> get_policy(Desk& desk) {
  TRY_ASSIGN(const PolicySpec* spec, named_policy(desk));
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  TRY_ASSIGN(Json::Object policy, describe(*store, Policies(*store, defaults_of(desk.config())), *spec));
  const std::string value = *Json(policy).find("value")->string();
  return Answer{value + "\n", std::move(policy)};
}

Result<Answer> set_policy(Desk& desk) { return change(desk, desk.line().value("VALUE")); }

Result<Answer> reset_policy(Desk& desk) { return change(desk, std::nullopt); }

}  // namespace cardea::server::admin
