// SPDX-License-Identifier: Apache-2.0
// Which of the cards in the readers an operation means.
#pragma once

#include "recoveryd/context.h"

namespace cardea::recoveryd {

// The enrolled card of this user. Error::card_absent, card_foreign (cards, but none of his),
// reader_service_down.
Result<worker::CardView> own_card(const Context& context, const login::EnrolmentRecord& record);
// The one card without Cardea keys. Error::card_absent, already_exists (only cards with keys),
// invalid_argument (several).
Result<worker::CardView> fresh_card(const Context& context);
// The one card in the readers, of whatever kind.
Result<worker::CardView> only_card(const Context& context);

}  // namespace cardea::recoveryd
