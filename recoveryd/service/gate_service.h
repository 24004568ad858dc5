// SPDX-License-Identifier: Apache-2.0
// The switch of secure mode, and the rehearsals without which it can't be switched on: a card login, an
// access-key login and the administrator's break-glass, each on this computer.
#pragma once

#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class GateService {
 public:
  explicit GateService(Context& context) : context_(context) {}
  Result<OperationOutcome> on(Conversation& client, const OperationRequest& request, const std::string& user);
  Result<OperationOutcome> off();
  Result<OperationOutcome> confirm();
  Result<OperationOutcome> status(Conversation& client, const std::string& user);
  // step=card or access-key: while the utility runs the login through PAM, logins of the user are judged as
  // if the gate were on. step=break-glass: while it runs that of the account `admin`, the daemon counts as
  // unavailable for it; the answer “passed” or “failed” says what PAM came to.
  Result<OperationOutcome> rehearse(Conversation& client, const OperationRequest& request,
                                    const std::string& user);

 private:
  Result<OperationOutcome> rehearse_break_glass(Conversation& client, const std::string& admin,
                                                const std::string& user);
  Context& context_;
};

}  // namespace cardea::recoveryd
