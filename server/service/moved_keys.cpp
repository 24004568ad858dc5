// SPDX-License-Identifier: Apache-2.0
#include "server/service/moved_keys.h"

#include "server/service/registration.h"

namespace cardea::server {

Result<OprfKeys> oprf_keys_of(Store& store, const ServerSecrets& secrets, const UserId& user) {
  TRY_ASSIGN(const auto moved, store.moved_keys(user));
  OprfKeys out;
  if (moved) {
    TRY_ASSIGN(out.a, secrets.open_moved_key(credential_a(user), moved->key_a));
    TRY_ASSIGN(out.b, secrets.open_moved_key(credential_b(user), moved->key_b));
  } else {
    TRY_ASSIGN(const User row, store.get_user(user));
    TRY_ASSIGN(const crypto::OpaqueServer* opaque, secrets.opaque_of(row.oprf_seed));
    TRY_ASSIGN(out.a, opaque->oprf_key(credential_a(user)));
    TRY_ASSIGN(out.b, opaque->oprf_key(credential_b(user)));
  }
  return out;
}

Result<MovedKeys> seal_keys(const ServerSecrets& secrets, const UserId& user, const OprfKeys& keys,
                            Random& random) {
  MovedKeys out;
  TRY_ASSIGN(out.key_a, secrets.seal_moved_key(credential_a(user), keys.a, random));
  TRY_ASSIGN(out.key_b, secrets.seal_moved_key(credential_b(user), keys.b, random));
  return out;
}

}  // namespace cardea::server
