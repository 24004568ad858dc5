// SPDX-License-Identifier: Apache-2.0
// The server's secrets on disk, mode 0400, outside of the database and its backups (formats:
// server/service/key_files.h). Losing the OPRF seed makes every password useless, so nothing here ever
// replaces a file; `cardea admin keys rotate` does, and keeps what is still needed.
#pragma once

#include "server/config.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

// unsafe_file when somebody else could read one; key_invalid when it is not 32 bytes long.
Result<ServerSecrets> load_secrets(const ServerConfig& config);
// The key of this region; null when none is configured.
Result<std::shared_ptr<const RegionKeys>> load_region_keys(const ServerConfig& config);
Result<std::vector<OprfSeed>> load_oprf_seeds(const ServerConfig& config);
Result<CheckpointKeys> load_checkpoint_keys(const ServerConfig& config);
// Makes the missing ones; returns the paths of those it made.
Result<std::vector<std::string>> init_secrets(const ServerConfig& config, Random& random);

}  // namespace cardea::server
