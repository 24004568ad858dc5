// SPDX-License-Identifier: Apache-2.0
// The arguments and results of the store's commands for administrators (server/admin) and for the policies
// that they set. Who does something is always told, in the administration's chain (docs/spec/audit.md).
#pragma once

#include "server/store/types.h"

namespace cardea::server {

// An event of the administration's chain that is still to be written. `details` holds no secret.
struct AdminNote {
  std::string actor;  // "anna": the login name of whoever did it, or an officer
  std::string kind;
  api::Json details = api::Json::Object{};
};

struct AdminEvent {
  std::uint64_t sequence = 0;
  UnixSeconds time = 0;
  std::string actor;
  std::string kind;
  std::string details;  // canonical JSON
  Digest hash{};
};

struct PolicyValue {
  std::string name;
  std::string value;
  UnixSeconds changed = 0;
};

struct SetPolicy {
  std::string name;
  std::optional<std::string> value;  // empty: the default again
  std::string actor;
};

// A user as an administrator sees him in a list.
struct Account {
  UserId user;
  std::string account;
  UnixSeconds created = 0;
  std::uint32_t guesses = 0;
  std::uint32_t cards = 0;      // that are active
  std::uint32_t computers = 0;  // enrolled
};

// Closes or opens an account for password and answer. A card of its owner opens it, too.
struct SetAccount {
  std::string account;
  std::string subject;        // of its guess budget
  std::uint32_t guesses = 0;  // that are then counted; 0 opens
  std::string actor;
};

}  // namespace cardea::server
