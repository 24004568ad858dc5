// SPDX-License-Identifier: Apache-2.0
// Collects the facts for the checks: reads the configuration, asks the daemon and looks at the servers.
// Whoever calls says how the daemon and a server are asked, so that tests need neither.
#pragma once

#include <functional>

#include "cli/doctor/facts.h"

namespace cardea::cli::doctor {

struct Sources {
  // One operation of the daemon for one user: its JSON, or the failure with a text for the reader.
  std::function<Result<std::string>(const std::string& operation, const std::string& user)> ask;
  std::function<ServerFacts(const std::string& url, const std::string& ca_file)> look_at_server;
};

struct Wanted {
  std::string config_path;
  std::string socket;  // empty: from the configuration
  std::string user;    // empty: as root everybody who is enrolled, else who asks
  std::string own_name;
};

Facts gather_facts(const System& system, const Wanted& wanted, const Sources& sources);

}  // namespace cardea::cli::doctor
