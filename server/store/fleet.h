// SPDX-License-Identifier: Apache-2.0
// What the administrator's page is told of a store (docs/spec/administrator.md): all computers, policies with
// their version, the engine; and what he changes, each with the touch of his security key. Arguments and
// results of commands.
#pragma once

#include "server/store/admin_commands.h"
#include "server/store/officers.h"

namespace cardea::server {

// What the gate of a computer is, as it says itself.
inline constexpr const char* kGateWords = "off|probation|on|fell-back";

// A computer of one user.
struct FleetComputer {
  ComputerId computer;
  UserId user;
  std::string account;
  std::string name;
  std::string serial;
  std::string fit;            // ok, none, mismatch, unknown
  std::string gate;           // of kGateWords, or unknown
  std::uint64_t program = 0;  // server/service/program_number.h; 0: not known
  UnixSeconds created = 0;
  UnixSeconds last_seen = 0;  // 0: never
  bool retired = false;
};

enum class FleetFilter : std::uint8_t { all, attention, silent, fell_back, outdated, unfit, retired };
inline constexpr const char* kFleetFilters = "all|attention|silent|fell-back|outdated|unfit|retired";

// What counts as a reason to look.
struct FleetRule {
  UnixSeconds silent_before = 0;  // seen last before this, and known for as long
  std::uint64_t program = 0;      // older ones are outdated
};

struct FleetPosition {
  UnixSeconds last_seen = 0;
  UserId user;
  ComputerId computer;
};

struct FleetQuery {
  FleetRule rule;
  FleetFilter filter = FleetFilter::all;
  std::string search;  // part of the computer's or the account's name, without case; empty: any
  std::optional<FleetPosition> after;
  std::size_t limit = 0;
};

// Computers that are not retired, but for the last.
struct FleetCounts {
  std::uint64_t users = 0;
  std::uint64_t computers = 0;
  std::uint64_t attention = 0;  // with one of the next four
  std::uint64_t silent = 0;
  std::uint64_t fell_back = 0;
  std::uint64_t outdated = 0;
  std::uint64_t unfit = 0;
  std::uint64_t gate_on = 0;
  std::uint64_t retired = 0;
};

// All that were set, and a number that no other state of them ever has.
struct PolicySet {
  std::vector<PolicyValue> values;
  std::uint64_t version = 0;
};

// A security key of the officer has just signed what is changed.
struct OfficerTouch {
  OfficerId officer;
  Bytes credential;
  std::uint32_t sign_count = 0;
  Digest token{};  // of the challenge
  UnixSeconds token_expires_at = 0;
};

struct ChangePolicy {
  SetPolicy policy;  // the actor is the officer's name
  std::uint64_t expected_version = 0;
  OfficerTouch touch;
  std::string from;
};

// An administrator wants to read a user's chain.
struct OpenHistory {
  std::string account;
  OfficerTouch touch;
  std::string actor;
  std::string from;
};

struct StoreFacts {
  const char* engine = "";  // sqlite, postgres
  std::int64_t schema = 0;
  std::optional<std::uint64_t> standbys;  // that follow this database now, where that can be known
};

}  // namespace cardea::server
