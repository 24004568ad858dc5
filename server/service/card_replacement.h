// SPDX-License-Identifier: Apache-2.0
// Putting a new card in the place of all old ones, in one transaction (docs/spec/server-protocol.md,
// "Requests"). The third walk of docs/architecture.md comes through here.
#pragma once

#include "server/service/caller.h"

namespace cardea::server {

struct ReplacementRequest {
  std::string reason;
  std::uint32_t expected_epoch = 0;
  Card card;  // id and user are filled in by the service
  std::vector<Holder> holders;
  Bytes epoch_seal;
  Bytes sheet_check;  // of a new recovery sheet, or empty
  ComputerId computer;
  Bytes computer_proof;
  std::optional<SessionId> access_key_session;  // evidence that this computer's access key is known
};

class CardReplacement {
 public:
  explicit CardReplacement(Store& store) : store_(store) {}
  // signature_invalid for a bad proof of card or computer; precondition_failed for another epoch;
  // already_exists when the card is known; permission_denied when an access-key session names another
  // computer than its own, or has replaced a card already.
  Result<Outcome<Replaced>> replace(const Caller& caller, ReplacementRequest request,
                                    const Change<Replaced>& change);

 private:
  Store& store_;
};

}  // namespace cardea::server
