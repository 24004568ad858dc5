// SPDX-License-Identifier: Apache-2.0
// An OPAQUE login between its two requests: the server keeps nothing of it, it travels sealed with the
// client. For login_service and draft_service.
#pragma once

#include "server/service/server_secrets.h"
#include "server/store/store.h"

namespace cardea::server {

// Whose login it is and what it may be finished with.
struct OpaqueAttempt {
  UserId user;
  Bytes bound_to;
  UnixSeconds expires_at = 0;
};

struct OpaqueOffer {
  std::string login_id;
  Bytes ke2;
};

// `kind` is part of the seal: a login of one kind does not end as one of another.
Result<OpaqueOffer> offer_opaque(const ServerSecrets& secrets, Random& random, std::string_view kind,
                                 const crypto::OpaqueServerLogin& login, const OpaqueAttempt& attempt);

struct OpaqueProven {
  OpaqueAttempt attempt;
  SecretArray<64> session_key;
};

// Opens a login id and checks KE3 against it. identity_not_accepted; session_expired. One that fails is
// spent; the caller spends one that fits, with opaque_token().
Result<OpaqueProven> check_ke3(Store& store, const ServerSecrets& secrets, std::string_view kind,
                               std::string_view login_id, ByteView ke3, UnixSeconds now);
Digest opaque_token(std::string_view login_id);

}  // namespace cardea::server
