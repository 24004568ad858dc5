// SPDX-License-Identifier: Apache-2.0
// A user who has moved to another region (docs/spec/relocation.md, "Receipt and forward"): the server this
// computer knows says where to, signed with the key this computer has pinned; from then on the record names
// the next server and its key. Called by access_key_service when a server says that it is not his home.
#pragma once

#include "recoveryd/context.h"
#include "upstream/server_client.h"

namespace cardea::recoveryd {

// Writes the new home into the user's record, durably. signature_invalid or server_misbehaved for a forward
// that is not believed, state_forbidden when no key of the server was ever pinned: the record stays.
Status follow_home(Context& context, const std::string& user, const api::Json& forward);

}  // namespace cardea::recoveryd
