// SPDX-License-Identifier: Apache-2.0
// The owner proves with password and answer who he is: OPAQUE A, his own question, OPAQUE B. His secrets go
// from his terminal into the vault; the daemon relays messages that tell it nothing. Called by registration
// (another computer) and replacement.
#pragma once

#include "recoveryd/conversation.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/login_calls.h"

namespace cardea::recoveryd {

class ProvenIdentity {
 public:
  ProvenIdentity(upstream::PasswordAccepted password, std::unique_ptr<SecretKey32> key,
                 upstream::AnswerAccepted answer)
      : user(password.session.user),
        answer_(std::move(answer)),
        key_(std::move(key)),
        session_(upstream::session_key(password.session.id, *key_)) {}
  api::UserId user;
  [[nodiscard]] const upstream::RequestKey& session() const noexcept { return session_; }  // of level answer
  [[nodiscard]] const Bytes& recovery_seal() const noexcept { return answer_.recovery_seal; }
  [[nodiscard]] const Bytes& recovery_public() const noexcept { return answer_.recovery_public; }

 private:
  upstream::AnswerAccepted answer_;
  std::unique_ptr<SecretKey32> key_;  // the session key signs with it
  upstream::RequestKey session_;
};

// Asks for password and answer. A wrong one ends it with identity_not_accepted: each try costs one of the
// server's guesses, so the person decides whether to begin again. Afterwards the vault has its identity and
// holds both export keys.
Result<ProvenIdentity> prove_identity(const Context& context, Conversation& client, worker::Vault& vault,
                                      ServerLink& server, const std::string& account);

}  // namespace cardea::recoveryd
