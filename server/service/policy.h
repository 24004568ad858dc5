// SPDX-License-Identifier: Apache-2.0
// What an organisation decides while its servers run: a fixed list of typed policies, in the store, so that
// all servers of a cluster agree at once. Set by `cardea admin policy`; asked by the services at the moment
// of a decision. Where nothing was set, server.conf has the default, or the list here.
#pragma once

#include <span>

#include "server/store/store.h"

namespace cardea::server {

// A row of all_policies(), in its order.
enum class Policy : std::uint8_t {
  registration,
  guesses_per_prefix,
  officer_second,
  officer_verification,
  relocation,
  fleet_silent_days,
};

enum class PolicyType : std::uint8_t {
  choice,  // one of the words of `allowed`
  number,  // from `minimum` to `maximum`
  words,   // a list, without blanks, of those of `allowed`; may be empty
};

constexpr const char* name_of(PolicyType type) noexcept {
  return type == PolicyType::choice ? "choice" : type == PolicyType::number ? "number" : "words";
}

struct PolicySpec {
  Policy id;
  const char* name;
  PolicyType type;
  const char* allowed;  // "a|b|c"
  std::uint32_t minimum;
  std::uint32_t maximum;
  const char* fallback;  // where server.conf says nothing
  const char* meaning;   // one line
};

std::span<const PolicySpec> all_policies();
// Null when there is none of that name.
const PolicySpec* find_policy(std::string_view name) noexcept;
// "open|closed", "5…1000000", "a,b,c": for people.
std::string allowed_values(const PolicySpec& spec);
// The one way of writing it that is stored; invalid_argument, with the reason, when it is none.
Result<std::string> policy_value(const PolicySpec& spec, std::string_view typed);

// From server.conf.
struct PolicyDefaults {
  bool registration_open = true;
  std::uint32_t guesses_per_prefix = 50;
};

class Policies {
 public:
  Policies(Store& store, const PolicyDefaults& defaults) : store_(store), defaults_(defaults) {}

  // What holds now. A stored value that this program does not know (corrupted) is no value: a server that is
  // older than the one that set it refuses what depends on it.
  [[nodiscard]] Result<std::string> text(Policy policy) const;
  [[nodiscard]] Result<bool> is(Policy policy, std::string_view word) const;  // of a choice
  [[nodiscard]] Result<std::uint32_t> number(Policy policy) const;
  [[nodiscard]] Result<std::vector<std::string>> words(Policy policy) const;
  // What holds when nothing was set.
  [[nodiscard]] std::string fallback(Policy policy) const;

 private:
  Store& store_;
  const PolicyDefaults defaults_;
};

}  // namespace cardea::server
