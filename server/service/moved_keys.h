// SPDX-License-Identifier: Apache-2.0
// The OPRF keys of a user whose password was registered in another region: from wherever his are
// (docs/spec/relocation.md, "OPRF keys"). Called by relocation_mover and relocation_inbox; login_service
// opens them one at a time.
#pragma once

#include "server/service/server_secrets.h"
#include "server/store/store.h"

namespace cardea::server {

struct OprfKeys {
  SecretKey32 a;
  SecretKey32 b;
};

// What he brought along, or else what this server's seed gives.
Result<OprfKeys> oprf_keys_of(Store& store, const ServerSecrets& secrets, const UserId& user);
Result<MovedKeys> seal_keys(const ServerSecrets& secrets, const UserId& user, const OprfKeys& keys,
                            Random& random);

}  // namespace cardea::server
