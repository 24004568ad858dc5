// SPDX-License-Identifier: Apache-2.0
// Everything that can cost a PIN try, in one place: length first, then the last-try guard, then the card.
// Called by the worker. PINs are views into memory that the caller wipes.
#pragma once

#include "core/card/slot.h"
#include "core/card/token_session.h"

namespace cardea::card {

enum class LastTry : std::uint8_t {
  refuse,   // Error::pin_last_try instead of spending it
  consent,  // the person at the keyboard has agreed
};

// Error::pin_length unless `pin` is within the token's limits (1 to 255 bytes where it gives none). PINs of
// the wrong length never reach a card: some count them as wrong.
Status check_pin_length(const TokenInfo& token, ByteView pin);

// The rules for a new PIN, with no card command: Error::pin_length; invalid_argument for characters that the
// card does not take (PIV cards: digits only, NIST SP 800-73-4 part 2, 2.4.3; all others: printable ASCII,
// which is what every reader's keyboard has); already_exists when it is the old one (empty: there is none to
// compare with).
Status check_new_pin(const TokenInfo& token, ByteView new_pin, ByteView old_pin);

// What speaks against asking the card at all: length, a locked or missing PIN, the last try without consent.
Status check_login(const TokenInfo& known, ByteView pin, LastTry last_try);

// Checks `known`, then logs in. `known` may be older than the card's own count; pass a fresh one
// (read_token_info) wherever a card command more does not matter.
// `report` is set on success and on failure; after a failure it is read from the card.
Status login(TokenSession& session, const TokenInfo& known, ByteView pin, LastTry last_try,
             PinReport& report);

// C_SetPIN with the old one. The session must be read-write and need not be logged in.
Status change_pin(TokenSession& session, const TokenInfo& known, ByteView old_pin, ByteView new_pin,
                  LastTry last_try, PinReport& report);

// C_SetPIN(PUK, new PIN) without a login, which OpenSC offers with user_pin_unblock_style =
// set_pin_in_unlogged_session. Error::not_supported where the module or card has no such way;
// Error::pin_wrong is the PUK here.
Status unblock_pin(TokenSession& session, const TokenInfo& known, ByteView puk, ByteView new_pin,
                   PinReport& report);

}  // namespace cardea::card
