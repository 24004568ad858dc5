// SPDX-License-Identifier: Apache-2.0
// `cardea register --existing`: the owner of an account proves password and answer on a computer that does
// not know him (or no longer does: after a replacement elsewhere, or a registration that was interrupted),
// with an active card of his in the reader.
#pragma once

#include "recoveryd/service/enrolling.h"

namespace cardea::recoveryd {

class JoiningService {
 public:
  explicit JoiningService(Context& context) : context_(context) {}
  Result<OperationOutcome> join(Conversation& client, const OperationRequest& request,
                                const std::string& user, const std::string& account,
                                const std::vector<std::string>& servers);

 private:
  Context& context_;
};

// How this computer is called in the portal.
std::string computer_name(const Context& context, const OperationRequest& request);

}  // namespace cardea::recoveryd
