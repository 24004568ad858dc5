// SPDX-License-Identifier: Apache-2.0
// Which public keys sshd may take for a user at this moment (docs/spec/local-protocol.md, “Keys for sshd”).
// Read anew from the enrolment record each time; nothing is kept.
#pragma once

#include "recoveryd/context.h"
#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class SshKeyService {
 public:
  explicit SshKeyService(Context& context) : context_(context) {}
  // The keys of his active cards as lines for sshd, while a login with one of them would be judged at all;
  // none for somebody who is not enrolled. Anything that can't be read or judged is an error and no empty
  // list.
  Result<OperationOutcome> keys(Conversation& client, const std::string& user);

 private:
  Context& context_;
};

}  // namespace cardea::recoveryd
