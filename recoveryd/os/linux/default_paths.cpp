// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/default_paths.h"

namespace cardea::recoveryd {

const DefaultPaths& default_paths() {
  static const DefaultPaths paths{.socket = "/run/cardea/recoveryd.sock",
                                  .state_dir = "/var/lib/cardea",
                                  .accounts_db = "/var/cache/cardea/accounts.db",
                                  .worker = "/usr/libexec/cardea/cardea-card-worker",
                                  .officers_file = "/etc/cardea/officers"};
  return paths;
}

}  // namespace cardea::recoveryd
