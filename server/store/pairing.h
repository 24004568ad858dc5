// SPDX-License-Identifier: Apache-2.0
// A browser that waits for a card (docs/spec/pairing.md), and what the store's commands about it take. To the
// server all of it is bytes that others have sealed.
#pragma once

#include "server/store/types.h"

namespace cardea::server {

using PairingId = api::Identifier<5, struct PairingTag>;  // drawn by the browser

struct Pairing {
  PairingId id;
  Bytes session_spki;
  Bytes seal_key;
  Bytes cover;
  Bytes answer;        // empty: none yet
  std::string prefix;  // of the network that the browser asked from
  UnixSeconds expires_at = 0;
};

struct OpenPairing {
  Pairing pairing;
  std::uint64_t max_open = 0;
};

struct AnswerPairing {
  PairingId id;
  Bytes answer;
  UserId user;
  CardId card;  // whose session answers; for the audit
};

}  // namespace cardea::server
