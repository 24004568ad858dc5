// SPDX-License-Identifier: Apache-2.0
// The owner proves with password and answer who he is: OPAQUE A, his own question, OPAQUE B. His secrets go
// from his terminal into the vault; the daemon relays messages that tell it nothing. Called by registration
// (another computer) and replacement.
#pragma once

#include "recoveryd/conversation.h"
#include "recoveryd/upstream/server_link.h"
#include "upstream/login_calls.h"

namespace cardea::recoveryd {

// After the password alone.
class ProvenPassword {
 public:
  ProvenPassword(upstream::PasswordAccepted accepted, std::unique_ptr<SecretKey32> key)
      : user(accepted.session.user),
        question_seal_(std::move(accepted.question_seal)),
        key_(std::move(key)),
        session_(upstream::session_key(accepted.session.id, *key_)) {}
  api::UserId user;
  [[nodiscard]] const upstream::RequestKey& session() const noexcept { return session_; }
  [[nodiscard]] const Bytes& question_seal() const noexcept { return question_seal_; }

 private:
  Bytes question_seal_;
  std::unique_ptr<SecretKey32> key_;  // the session key signs with it
  upstream::RequestKey session_;
};

// After password and answer: the session has level answer.
class ProvenIdentity {
 public:
  ProvenIdentity(ProvenPassword password, upstream::AnswerAccepted answer)
      : user(password.user), password_(std::move(password)), answer_(std::move(answer)) {}
  api::UserId user;
  [[nodiscard]] const upstream::RequestKey& session() const noexcept { return password_.session(); }
  [[nodiscard]] const Bytes& recovery_seal() const noexcept { return answer_.recovery_seal; }
  [[nodiscard]] const Bytes& recovery_public() const noexcept { return answer_.recovery_public; }

 private:
  ProvenPassword password_;
  upstream::AnswerAccepted answer_;
};

// Asks for the password, and then for the answer to his own question. A wrong one ends it with
// identity_not_accepted: each try costs one of the server's guesses, so the person decides whether to begin
// again. Afterwards the vault has its identity and holds the export keys.
Result<ProvenPassword> prove_password(const Context& context, Conversation& client, worker::Vault& vault,
                                      ServerLink& server, const std::string& account);
Result<ProvenIdentity> prove_identity(const Context& context, Conversation& client, worker::Vault& vault,
                                      ServerLink& server, const std::string& account);

}  // namespace cardea::recoveryd
