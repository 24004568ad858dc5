// SPDX-License-Identifier: Apache-2.0
#include "server/service/policy.h"

#include <algorithm>

#include "core/base/text.h"

namespace cardea::server {
namespace {

using enum PolicyType;

constexpr PolicySpec kPolicies[] = {
    {Policy::registration, "registration", choice, "open|closed", 0, 0, "open",
     "whether anybody can make an account"},
    {Policy::guesses_per_prefix, "guesses-per-prefix", number, "", 5, 1'000'000, "50",
     "guesses at passwords from one network a day, before they are slowed down"},
    {Policy::officer_second, "officer.second", choice, "never|always", 0, 0, "never",
     "whether a second officer must agree before an access key is issued"},
    {Policy::officer_verification, "officer.verification", words,
     "known-in-person|identity-document|call-back|manager", 0, 0, "",
     "how an officer must have made sure who is asking; each of them"},
    {Policy::relocation, "relocation", choice, "ask|auto|off", 0, 0, "ask",
     "what happens when a user works in another region for long"},
    {Policy::fleet_silent_days, "fleet.silent-days", number, "", 1, 3650, "14",
     "after how many days without a contact a computer is shown to the administrator"},
};

bool is_one_of(std::string_view allowed, std::string_view word) {
  const auto all = split(allowed, '|');
  return std::find(all.begin(), all.end(), word) != all.end();
}

Failure refuse(const PolicySpec& spec, std::string_view typed) {
  return fail(Error::invalid_argument,
              "“" + std::string(typed) + "” is no value of " + spec.name + ": " + allowed_values(spec));
}

Result<std::string> list_value(const PolicySpec& spec, std::string_view typed) {
  if (trim(typed).empty()) return std::string();
  std::vector<std::string> given;
  for (const std::string& part : split(typed, ',')) {
    const std::string_view word = trim(part);
    if (!is_one_of(spec.allowed, word)) return refuse(spec, typed);
    if (std::find(given.begin(), given.end(), word) == given.end()) given.emplace_back(word);
  }
  std::sort(given.begin(), given.end());
  std::string out;
  for (const std::string& word : given)
    out += (out.empty() ? "" : ",") + word;
  return out;
}

}  // namespace

std::span<const PolicySpec> all_policies() { return kPolicies; }

const PolicySpec* find_policy(std::string_view name) noexcept {
  for (const PolicySpec& spec : kPolicies) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::string allowed_values(const PolicySpec& spec) {
  if (spec.type == number) return std::to_string(spec.minimum) + "…" + std::to_string(spec.maximum);
  std::string out = spec.allowed;
  if (spec.type == words) std::replace(out.begin(), out.end(), '|', ',');
  return out;
}

Result<std::string> policy_value(const PolicySpec& spec, std::string_view typed) {
  switch (spec.type) {
    case choice:
      if (!is_one_of(spec.allowed, typed)) return refuse(spec, typed);
      return std::string(typed);
    case words:
      return list_value(spec, typed);
    case number:
      break;
  }
  const auto value = parse_decimal(typed);
  if (!value || *value < spec.minimum || *value > spec.maximum) return refuse(spec, typed);
  return std::to_string(*value);
}

std::string Policies::fallback(Policy policy) const {
  if (policy == Policy::registration) return defaults_.registration_open ? "open" : "closed";
  if (policy == Policy::guesses_per_prefix) return std::to_string(defaults_.guesses_per_prefix);
  return kPolicies[static_cast<std::size_t>(policy)].fallback;
}

Result<std::string> Policies::text(Policy policy) const {
  const PolicySpec& spec = kPolicies[static_cast<std::size_t>(policy)];
  TRY_ASSIGN(const auto stored, store_.policy(spec.name));
  if (!stored) return fallback(policy);
  const auto value = policy_value(spec, *stored);
  if (!value.ok()) return fail(Error::corrupted, "policy: " + value.failure().detail);
  return value;
}

Result<bool> Policies::is(Policy policy, std::string_view word) const {
  TRY_ASSIGN(const std::string value, text(policy));
  return value == word;
}

Result<std::uint32_t> Policies::number(Policy policy) const {
  TRY_ASSIGN(const std::string value, text(policy));
  return static_cast<std::uint32_t>(parse_decimal(value).value_or(0));
}

Result<std::vector<std::string>> Policies::words(Policy policy) const {
  TRY_ASSIGN(const std::string value, text(policy));
  return value.empty() ? std::vector<std::string>{} : split(value, ',');
}

}  // namespace cardea::server
