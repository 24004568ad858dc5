// SPDX-License-Identifier: Apache-2.0
// States of cards: suspend, resume, revoke. What ends with each change is the table in
// docs/spec/server-protocol.md, carried out by the store in one transaction. Called by http/handlers_cards.
#pragma once

#include "server/service/caller.h"

namespace cardea::server {

class CardService {
 public:
  explicit CardService(Store& store) : store_(store) {}
  Result<Outcome<Card>> set_state(const Caller& caller, const CardId& card, CardState state,
                                  const std::string& reason, std::uint64_t expected_version,
                                  const Change<Card>& change);

 private:
  Store& store_;
};

}  // namespace cardea::server
