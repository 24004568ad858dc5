// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/facts.h"

namespace cardea::cli::doctor {

bool Facts::gate_is_on() const {
  if (settings.force_card_required) return true;
  for (const UserFacts& user : users) {
    if (text_of(member(user.status, {"gate"})) == "card_required") return true;
  }
  return false;
}

const api::Json* member(const std::optional<api::Json>& json, std::initializer_list<std::string_view> names) {
  const api::Json* here = json.has_value() ? &*json : nullptr;
  for (const std::string_view name : names) {
    if (here == nullptr) return nullptr;
    here = here->find(name);
  }
  return here;
}

std::string text_of(const api::Json* json) {
  return json == nullptr || json->string() == nullptr ? std::string() : *json->string();
}

std::int64_t number_of(const api::Json* json, std::int64_t fallback) {
  return json == nullptr || json->integer() == nullptr ? fallback : *json->integer();
}

}  // namespace cardea::cli::doctor
