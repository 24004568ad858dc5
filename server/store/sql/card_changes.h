// SPDX-License-Identifier: Apache-2.0
// One card from one state to another, with everything that ends by it (docs/spec/server-protocol.md, "Reasons
// and what they touch"). For store_cards.cpp and store_sheets.cpp.
#pragma once

#include "server/store/sql/rows.h"

namespace cardea::server::sql {

// Whether the change is permitted is the caller's affair.
Status change_card(Connection& database, const UserId& user, const CardId& card, CardState state,
                   std::string_view reason, UnixSeconds now);

}  // namespace cardea::server::sql
