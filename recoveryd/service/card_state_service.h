// SPDX-License-Identifier: Apache-2.0
// `cardea card suspend|resume`: the owner reports at the server that a card is mislaid, and that it was
// found. The password is enough to suspend; to bring a card back to life takes the answer as well.
#pragma once

#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class CardStateService {
 public:
  explicit CardStateService(Context& context) : context_(context) {}
  Result<OperationOutcome> suspend(Conversation& client, const OperationRequest& request,
                                   const std::string& user);
  Result<OperationOutcome> resume(Conversation& client, const OperationRequest& request,
                                  const std::string& user);

 private:
  Context& context_;
};

}  // namespace cardea::recoveryd
