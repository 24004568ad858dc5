// SPDX-License-Identifier: Apache-2.0
// What `cardea register --continue` does in the place of a new password, question, recovery key and sheet
// (docs/spec/drafts.md): all of them were made in a browser, and the owner proves here that they are his.
// Called by registration_service.
#pragma once

#include "recoveryd/conversation.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/draft_calls.h"

namespace cardea::recoveryd {

// A draft whose password, answer and sheet are in the vault. Its recovery key is the one that the answer has
// opened, so the card may sign it.
struct OpenedDraft {
  api::UserId user;
  std::string login_id;
  crypto::Ke3 ke3;
  Bytes recovery_public;
};

// Asks for the sheet's code, the password and the answer. Error::not_found without a draft;
// Error::identity_not_accepted; Error::server_misbehaved when the server shows another recovery key.
Result<OpenedDraft> open_draft(const Context& context, Conversation& client, worker::Vault& vault,
                               ServerLink& server, const std::string& account);

}  // namespace cardea::recoveryd
