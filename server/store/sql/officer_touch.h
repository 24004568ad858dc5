// SPDX-License-Identifier: Apache-2.0
// The use of an officer's security key inside a change: once, by a key whose counter grows, of an officer who
// is active. Called by the commands of officers and administrators.
#pragma once

#include "server/store/fleet.h"
#include "server/store/sql/connection.h"

namespace cardea::server::sql {

// replayed for a token that was used, and for a counter that did not grow; permission_denied unless the
// officer is active and his card, if it is a user's, too.
Status use_officer_touch(Connection& database, const OfficerTouch& touch, UnixSeconds now);

}  // namespace cardea::server::sql
