// SPDX-License-Identifier: Apache-2.0
// Which of the cards in the readers an operation means.
#pragma once

#include "recoveryd/context.h"

namespace cardea::recoveryd {

// The enrolled card of this user. Error::card_absent, card_revoked (his, but suspended), card_foreign (none
// of his), reader_service_down.
Result<worker::CardView> own_card(const Context& context, const login::EnrolmentRecord& record);
// The one card that can take over: without Cardea keys, or with keys that are not enrolled here (a
// replacement that was interrupted made or announced them; the server refuses a card that belongs to
// anybody).
// Error::card_absent, already_exists (only enrolled cards), invalid_argument (several), card_blank.
Result<worker::CardView> fresh_card(const Context& context, const login::EnrolmentRecord& record);
// The one card in the readers, of whatever kind.
Result<worker::CardView> only_card(const Context& context);

}  // namespace cardea::recoveryd
