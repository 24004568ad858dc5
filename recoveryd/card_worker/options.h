// SPDX-License-Identifier: Apache-2.0
// The command line of cardea-card-worker, which the daemon writes, or systemd's unit: that names the daemon's
// configuration instead of what stands in it.
#pragma once

#include <string>
#include <vector>

#include "core/base/log.h"
#include "core/base/result.h"

namespace cardea::worker {

struct Options {
  std::string
      config;  // recoveryd.conf: modules, opensc_conf, environment, log_level; empty: the options below
  std::vector<std::string> modules;
  std::string user;                              // empty: stay who we are
  std::string opensc_conf = CARDEA_OPENSC_CONF;  // absolute
  std::vector<std::string> environment;          // "NAME=VALUE", from the configuration
  LogLevel log_level = LogLevel::info;
  bool help = false, version = false;
};

// Error::invalid_argument, or the failure of load_settings, with what is wrong.
Result<Options> parse_options(int count, char** arguments);
const char* usage() noexcept;

}  // namespace cardea::worker
