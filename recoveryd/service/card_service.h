// SPDX-License-Identifier: Apache-2.0
// What lies in the reader and what this computer knows about it: `cardea card show|enrol`, `cardea status`.
#pragma once

#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class CardService {
 public:
  explicit CardService(Context& context) : context_(context) {}
  Result<OperationOutcome> show(Conversation& client, const std::string& user);
  // Enrols the card in the reader for this computer alone, without a server: root's way to begin. Makes keys
  // on a new card.
  Result<OperationOutcome> enrol(Conversation& client, const OperationRequest& request,
                                 const std::string& user);
  Result<OperationOutcome> status(Conversation& client, const std::string& user);

 private:
  Context& context_;
};

// Asks for the PIN and makes (or finds) Cardea keys on `card`; the vault has the card open afterwards.
Result<worker::CardKeys> prepare_card(Conversation& client, worker::Vault& vault,
                                      const worker::CardView& card, const OperationRequest& request);

}  // namespace cardea::recoveryd
