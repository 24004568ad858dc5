// SPDX-License-Identifier: Apache-2.0
// The server's secret files and its TLS identity in one file under a passphrase (docs/spec/backup.md,
// "Secrets"). Apart from the backup of the store on purpose: whoever has both, and the passphrase, is the
// server.
#pragma once

#include "core/base/random.h"
#include "server/config.h"

namespace cardea::server::admin {

// Never replaces a file: already_exists.
Status write_secrets_backup(const ServerConfig& config, const std::string& path,
                            const SecretBytes& passphrase, Random& random);
// Makes the files that are missing; returns their paths. decrypt_failed for another passphrase;
// already_exists, before anything is made, when one is there with other content.
Result<std::vector<std::string>> restore_secrets(const ServerConfig& config, const std::string& path,
                                                 const SecretBytes& passphrase);

}  // namespace cardea::server::admin
