// SPDX-License-Identifier: Apache-2.0
// The command line of cardea-card-worker, which the daemon writes.
#pragma once

#include <string>
#include <vector>

#include "core/base/log.h"
#include "core/base/result.h"

namespace cardea::worker {

struct Options {
  std::vector<std::string> modules;
  std::string user;                              // empty: stay who we are
  std::string opensc_conf = CARDEA_OPENSC_CONF;  // absolute
  LogLevel log_level = LogLevel::info;
  bool help = false, version = false;
};

// Error::invalid_argument with what is wrong.
Result<Options> parse_options(int count, char** arguments);
const char* usage() noexcept;

}  // namespace cardea::worker
