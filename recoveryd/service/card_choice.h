// SPDX-License-Identifier: Apache-2.0
// Which of the cards in the readers an operation means.
#pragma once

#include "core/text/voice.h"
#include "recoveryd/context.h"

namespace cardea::recoveryd {

// The enrolled card of this user. Error::card_absent, card_revoked (his, but suspended), card_foreign (none
// of his), reader_service_down.
Result<worker::CardView> own_card(const Context& context, text::Voice& voice,
                                  const login::EnrolmentRecord& record);
// The one card that can take over: without Cardea keys, or with keys that are not enrolled here (a
// replacement that was interrupted made or announced them; the server refuses a card that belongs to
// anybody).
// Error::card_absent, already_exists (only his enrolled cards), card_foreign (only cards of others),
// invalid_argument (several), card_blank.
Result<worker::CardView> fresh_card(const Context& context, const login::EnrolmentRecord& record);
// What the person is told about a wrong PIN.
Failure wrong_pin(text::Voice& voice, const card::PinReport& report);
// The one card in the readers, of whatever kind; for root.
Result<worker::CardView> only_card(const Context& context);
// The same for `user`, who is going to be asked for its PIN: Error::card_foreign when it is enrolled here for
// somebody else, whose PIN tries would be spent.
Result<worker::CardView> free_card(const Context& context, const std::string& user);

}  // namespace cardea::recoveryd
