// SPDX-License-Identifier: Apache-2.0
// Who asks, after the edge has checked the signature. What each kind of caller may do is the table in
// server/http/routes.cpp; the services only need to know for whom they act.
#pragma once

#include "server/store/store.h"

namespace cardea::server {

struct Caller {
  std::optional<Session> session;         // a session's signature
  std::optional<ComputerId> computer;     // a device key's signature
  std::optional<OfficerSession> officer;  // a help-desk officer's signature; then neither of the others
  std::string prefix;                     // of the network: "203.0.113.0/24"
  std::string region = {};                // a region's signature, or empty
  std::string served_in = {};             // the region of this server, where there are others
};

// The user a request is about: the session's, or the one a computer names, if it is enrolled for him. A
// session that names another user is refused. Failure: not_found, permission_denied.
Result<UserId> user_for(Store& store, const Caller& caller, const std::optional<UserId>& named);

}  // namespace cardea::server
