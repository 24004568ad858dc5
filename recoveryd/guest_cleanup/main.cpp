// SPDX-License-Identifier: Apache-2.0
// cardea-guest-cleanup: removes the homes of guests who have left, where [policy] guest_leaves = wipe says
// so. Run by root: by pam_exec at the end of a session, and by a timer with --all.
#include <CLI/CLI.hpp>
#include <cstdlib>

#include <unistd.h>

#include "recoveryd/guest_cleanup/home_removal.h"
#include "recoveryd/settings.h"

namespace cardea::recoveryd {
namespace {

constexpr std::string_view kDefaultConfig = "/etc/cardea/recoveryd.conf";
// A session that has just begun may have a home and no process yet.
constexpr std::int64_t kLeastAgeSeconds = 60;

struct Options {
  std::string config{kDefaultConfig};
  std::string user;
  bool all = false;
};

Status clean_up(const Options& options, const Settings& settings) {
  if (!settings.guests_are_wiped) return {};
  TRY_ASSIGN(const GuestHomes homes, GuestHomes::open(settings.guest_home, has_processes));
  if (options.all) return homes.remove_all(kLeastAgeSeconds);
  const Status removed = homes.remove(options.user);
  // A local user's home, or none: this program is called at the end of everybody's session.
  const bool nothing =
      !removed.ok() && (removed.error() == Error::not_found || removed.error() == Error::state_forbidden);
  return nothing ? Status() : removed;
}

}  // namespace
}  // namespace cardea::recoveryd

int main(int argc, char** argv) {
  using namespace cardea;
  CLI::App app{"Removes the homes of guests who have left"};
  recoveryd::Options options;
  app.add_option("--config", options.config, "Configuration file of cardea-recoveryd")->capture_default_str();
  app.add_option("--user", options.user, "Whose session has ended; default: pam_exec's PAM_USER");
  app.add_flag("--all", options.all, "Every guest who is not there, and what earlier runs have left behind");
  app.set_version_flag("--version", "cardea-guest-cleanup " CARDEA_VERSION);
  CLI11_PARSE(app, argc, argv);
  Log log("cardea-guest-cleanup");
  if (options.user.empty() && !options.all) {
    const char* type = std::getenv("PAM_TYPE");
    const char* user = std::getenv("PAM_USER");
    if (type == nullptr || user == nullptr || std::string_view(type) != "close_session") return 0;
    options.user = user;
  }
  const auto settings = recoveryd::load_settings(options.config);
  if (!settings.ok()) {
    log.error("configuration can't be read", {{"detail", settings.failure().detail}});
    return 1;
  }
  const Status done = recoveryd::clean_up(options, *settings);
  if (done.ok()) return 0;
  log.error("a guest's home could not be removed",
            {{"error", error_name(done.error())}, {"detail", done.failure().detail}});
  return 1;
}
