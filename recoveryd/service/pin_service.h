// SPDX-License-Identifier: Apache-2.0
// Changing and unblocking a card's PIN: `passwd` (the PAM password entry) and `cardea card
// change-pin|unblock`.
#pragma once

#include "recoveryd/context.h"
#include "recoveryd/conversation.h"
#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class PinService {
 public:
  explicit PinService(Context& context) : context_(context) {}
  // Nobody who is not enrolled, and nobody while the gate is off: then `passwd` is about the Unix password.
  void change_by_pam(Conversation& client, const LoginRequest& request);
  Result<OperationOutcome> change(Conversation& client, const std::string& user);
  Result<OperationOutcome> unblock(Conversation& client, const std::string& user);

 private:
  Result<OperationOutcome> change_or_unblock(Conversation& client, const std::string& user);

  Context& context_;
};

}  // namespace cardea::recoveryd
