// SPDX-License-Identifier: Apache-2.0
// The owner's sealed records: on his card, and at the server, which can't open them. `cardea records
// put|get|list|remove|sync`.
#pragma once

#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class RecordService {
 public:
  explicit RecordService(Context& context) : context_(context) {}
  Result<OperationOutcome> put(Conversation& client, const OperationRequest& request,
                               const std::string& user);
  Result<OperationOutcome> get(Conversation& client, const OperationRequest& request,
                               const std::string& user);
  Result<OperationOutcome> list(Conversation& client, const OperationRequest& request,
                                const std::string& user);
  Result<OperationOutcome> remove(Conversation& client, const OperationRequest& request,
                                  const std::string& user);
  Result<OperationOutcome> sync(Conversation& client, const OperationRequest& request,
                                const std::string& user);

 private:
  Context& context_;
};

}  // namespace cardea::recoveryd
