// SPDX-License-Identifier: Apache-2.0
// The server's secrets on disk: 32 random bytes each, mode 0400, outside of the database and its backups.
// Losing the OPRF seed makes every password useless, so nothing here ever replaces a file.
#pragma once

#include "server/config.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

// unsafe_file when somebody else could read one; key_invalid when it is not 32 bytes long.
Result<ServerSecrets> load_secrets(const ServerConfig& config);
// The key of this region; null when none is configured.
Result<std::shared_ptr<const RegionKeys>> load_region_keys(const ServerConfig& config);
// Makes the missing ones; returns the paths of those it made.
Result<std::vector<std::string>> init_secrets(const ServerConfig& config, Random& random);

}  // namespace cardea::server
