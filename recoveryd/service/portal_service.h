// SPDX-License-Identifier: Apache-2.0
// `cardea portal allow CODE`: a browser that shows this code is signed in with the card, and may be given the
// keys of the records (docs/spec/pairing.md). The server between the two is not trusted.
#pragma once

#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class PortalService {
 public:
  explicit PortalService(Context& context) : context_(context) {}
  Result<OperationOutcome> allow(Conversation& client, const OperationRequest& request,
                                 const std::string& user);

 private:
  Context& context_;
};

}  // namespace cardea::recoveryd
