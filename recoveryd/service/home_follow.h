// SPDX-License-Identifier: Apache-2.0
// A user who has moved to another region (docs/spec/relocation.md, "Receipt and forward"): the server this
// computer knows says where to, signed with the key this computer has pinned; from then on the record names
// the next server and its key. Called by whatever asks that server first: check-in, card sessions,
// region_service.
#pragma once

#include <functional>

#include "recoveryd/upstream/server_link.h"

namespace cardea::recoveryd {

// Writes the new home into the user's record, durably. signature_invalid or server_misbehaved for a forward
// that is not believed, state_forbidden when no key of the server was ever pinned: the record stays.
Status follow_home(const Context& context, const std::string& user, const api::Json& forward);

// Does something at the user's server, and at the next one when that says that he has moved.
Status at_home(const Context& context, const std::string& user,
               const std::function<Status(ServerLink& server)>& action);

}  // namespace cardea::recoveryd
