// SPDX-License-Identifier: Apache-2.0
// A browser that waits for a card (docs/spec/pairing.md), as the server tells of it. What it tells is checked
// against the typed code by records::check_pairing().
#pragma once

#include "core/records/pairing.h"
#include "upstream/answer_parts.h"

namespace cardea::upstream {

struct WaitingBrowser {
  records::PairingOffer offer;
  bool answered = false;
};

// Error::not_found when nobody waits under this id, or not any more.
Result<WaitingBrowser> get_pairing(ServerClient& client, const records::PairingId& id);
// `session` is of level card. Error::state_forbidden when somebody else was faster.
Status answer_pairing(ServerClient& client, const RequestKey& session, const records::PairingId& id,
                      ByteView answer);

}  // namespace cardea::upstream
