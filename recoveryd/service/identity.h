// SPDX-License-Identifier: Apache-2.0
// The owner proves with password and answer who he is: OPAQUE A, his own question, OPAQUE B. The secrets go from his
// terminal into the vault; the daemon relays messages it can't read. Called by registration (another computer) and replacement.
#pragma once

#include "recoveryd/context.h"
#include "recoveryd/conversation.h"
#include "upstream/server_client.h"

namespace cardea::recoveryd {

struct ProvenIdentity {
  worker::UserId user_id{};
  upstream::Session session;  // of level answer
  Bytes recovery_seal;
  Bytes recovery_public;
};

// Asks for password and answer; wrong ones end it with identity_not_accepted (each try costs one of the server's guesses, so it is
// not repeated here). The vault has its identity set and holds both export keys afterwards.
Result<ProvenIdentity> prove_identity(Context& context, Conversation& client, worker::Vault& vault, upstream::ServerClient& server,
                                      const std::string& account);

}  // namespace cardea::recoveryd
