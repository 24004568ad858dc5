// SPDX-License-Identifier: Apache-2.0
// The mailbox between a browser and a card (docs/spec/pairing.md): what one posts the other finds, for ten
// minutes. That neither side is the server's invention the two of them check. Called by
// http/handlers_pairings.
#pragma once

#include "server/service/caller.h"

namespace cardea::server {

inline constexpr std::size_t kPairingCover = 94;
inline constexpr std::size_t kMaxPairingAnswer = 16'384;

class PairingService {
 public:
  explicit PairingService(Store& store) : store_(store) {}

  struct Opened {
    UnixSeconds expires_at = 0;
    std::int64_t retry_after = 0;  // not 0: this network has opened too many
  };
  // `pairing`: what the browser sends. key_invalid; already_exists for an id that is in use.
  Result<Opened> open(const Caller& caller, Pairing pairing, UnixSeconds now);
  Result<Pairing> get(const PairingId& id, UnixSeconds now) { return store_.get_pairing(id, now); }
  // By a session that a card opened. state_forbidden when somebody else has answered.
  Status answer(const Caller& caller, const PairingId& id, Bytes answer, UnixSeconds now);

 private:
  Store& store_;
};

}  // namespace cardea::server
