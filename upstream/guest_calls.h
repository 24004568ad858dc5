// SPDX-License-Identifier: Apache-2.0
// Who has a card, for a computer that its server has opened to guests (docs/spec/guests.md).
#pragma once

#include "upstream/answer_parts.h"

namespace cardea::upstream {

// As it came: core/api/account_statement says whether it may be believed.
struct GuestStatement {
  Bytes statement;
  Bytes signature;
  Bytes key;  // SubjectPublicKeyInfo; to be compared with the one that is known
  std::vector<api::KeyHandover> handovers = {};
};

// `device` signs with the key of `device_spki`; the server need not know this computer otherwise.
// permission_denied, not_found, card_revoked, state_forbidden: server/service/guest_accounts.h.
Result<GuestStatement> get_guest_statement(ServerClient& client, const RequestKey& device,
                                           ByteView device_spki, const api::CardId& card);

}  // namespace cardea::upstream
