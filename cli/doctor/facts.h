// SPDX-License-Identifier: Apache-2.0
// What the checks look at beside files: the daemon's configuration and what it answered, and what the server
// showed. Gathered once by cmd_doctor; tests write it down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/doctor/system.h"
#include "core/api/json.h"
#include "recoveryd/settings.h"

namespace cardea::cli::doctor {

// One user whom the doctor was asked about, or who is enrolled.
struct UserFacts {
  std::string name;
  std::optional<api::Json> status, gate;  // what the daemon said to these two verbs
  std::string refused;                    // why it did not, in the reader's language
  bool contact_tried = false;             // the daemon was asked to talk to the user's server
  std::optional<Failure> contact;         // it could not; in the reader's language
};

// A server as this utility saw it itself.
struct ServerFacts {
  std::string url;
  std::optional<Failure> failure;
  UnixSeconds certificate_ends = 0;
  std::optional<UnixSeconds> its_clock;
};

struct Facts {
  std::string config_path;
  std::optional<Failure> config_failure;  // the settings are then the defaults
  recoveryd::Settings settings;
  bool daemon_answers = false;
  std::optional<Failure> daemon_failure;  // in the reader's language
  std::vector<UserFacts> users;
  std::vector<ServerFacts> servers;

  // Any user: the gate, as the daemon says it, or as the configuration does.
  [[nodiscard]] bool gate_is_on() const;
};

struct Case {
  const System& system;
  const Facts& facts;
};

// The member of an object along these names; nullptr where there is none.
const api::Json* member(const std::optional<api::Json>& json, std::initializer_list<std::string_view> names);
std::string text_of(const api::Json* json);
std::int64_t number_of(const api::Json* json, std::int64_t fallback = 0);

}  // namespace cardea::cli::doctor
