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
  // step=begin: until step=end logins of the user are judged as if the gate were on. step=break-glass with
  // outcome=passed|failed: what the utility saw when it ran the administrator's login through PAM.
  Result<OperationOutcome> rehearse(Conversation& client, const OperationRequest& request,
                                    const std::string& user);

 private:
  Context& context_;
};

}  // namespace cardea::recoveryd
