// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/options.h"

#include <getopt.h>

#include "recoveryd/settings.h"

namespace cardea::worker {
namespace {

enum : int { kConfig = 1, kModule, kUser, kOpenScConf, kLogLevel, kHelp, kVersion };

constexpr option kOptions[] = {{"config", required_argument, nullptr, kConfig},
                               {"module", required_argument, nullptr, kModule},
                               {"user", required_argument, nullptr, kUser},
                               {"opensc-conf", required_argument, nullptr, kOpenScConf},
                               {"log-level", required_argument, nullptr, kLogLevel},
                               {"help", no_argument, nullptr, kHelp},
                               {"version", no_argument, nullptr, kVersion},
                               {nullptr, 0, nullptr, 0}};

constexpr std::size_t kMaxModules = 8;

Status take_configuration(Options& options) {
  TRY_ASSIGN(const recoveryd::Settings settings, recoveryd::load_settings(options.config));
  options.modules = settings.card_modules;
  if (!settings.opensc_conf.empty()) options.opensc_conf = settings.opensc_conf;
  options.environment = settings.worker_environment;
  options.log_level = settings.log_level;
  return {};
}

}  // namespace

const char* usage() noexcept {
  return "usage: cardea-card-worker --config FILE\n"
         "       cardea-card-worker --module NAME|PATH [--module ...] [--user NAME] [--opensc-conf FILE]\n"
         "                          [--log-level LEVEL] [--help] [--version]\n"
         "Started by systemd (with recoveryd.conf) or by cardea-recoveryd, with the daemon's socket as\n"
         "descriptor 3.\n";
}

Result<Options> parse_options(int count, char** arguments) {
  Options options;
  ::opterr = 0;
  ::optind = 1;
  int found = 0;
  while ((found = ::getopt_long(count, arguments, "", kOptions, nullptr)) != -1) {
    switch (found) {
      case kConfig:
        options.config = ::optarg;
        break;
      case kModule:
        options.modules.emplace_back(::optarg);
        break;
      case kUser:
        options.user = ::optarg;
        break;
      case kOpenScConf:
        options.opensc_conf = ::optarg;
        break;
      case kLogLevel:
        if (!parse_log_level(::optarg, options.log_level)) return fail(Error::invalid_argument, "log level");
        break;
      case kHelp:
        options.help = true;
        break;
      case kVersion:
        options.version = true;
        break;
      default:
        return fail(Error::invalid_argument, "unknown option");
    }
  }
  if (::optind != count) return fail(Error::invalid_argument, "unexpected argument");
  if (options.help || options.version) return options;
  if (!options.config.empty()) {
    if (!options.modules.empty() || !options.user.empty())
      return fail(Error::invalid_argument, "--config stands alone");
    TRY(take_configuration(options));
  }
  if (options.modules.empty() || options.modules.size() > kMaxModules) {
    return fail(Error::invalid_argument, "between 1 and 8 modules are needed");
  }
  if (!options.opensc_conf.starts_with('/'))
    return fail(Error::invalid_argument, "opensc-conf is not absolute");
  return options;
}

}  // namespace cardea::worker
