// SPDX-License-Identifier: Apache-2.0
// Cardea's two keys on a token: finding and making them. Called by the worker with a session; making
// needs a login. key_use.h uses them.
#pragma once

#include "core/card/card.h"
#include "core/card/token_session.h"

namespace cardea::card {

enum class KeyRole : std::uint8_t { auth, wrap };

struct PublicKeys {
  Bytes auth_spki, wrap_spki;    // empty when there is no such key
  KeyKind kind = KeyKind::p256;  // of the auth key
};

// Reads what can be read without a login. A key that does not decode is Error::key_invalid: a card of ours
// with a broken key is not a card without keys.
Result<PublicKeys> read_public_keys(const TokenSession& session);

// Makes both pairs, not extractable and sensitive, and reads them back. `label`: up to 32 bytes for
// CKA_LABEL. Error::already_exists when one of them is there. A pair whose sibling could not be made is
// removed again.
Result<PublicKeys> make_keys(TokenSession& session, KeyKind kind, std::string_view label);

// For key_use.h. Error::card_foreign when the token has no such key (or hides it before the login).
Result<CK_OBJECT_HANDLE> find_private_key(const TokenSession& session, KeyRole role);
Result<CK_ULONG> read_key_type(const TokenSession& session, CK_OBJECT_HANDLE object);

}  // namespace cardea::card
