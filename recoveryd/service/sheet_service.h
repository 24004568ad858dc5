// SPDX-License-Identifier: Apache-2.0
// `cardea sheet check`: whether the printed recovery sheet still opens the root key, before the day it is
// needed.
#pragma once

#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class SheetService {
 public:
  explicit SheetService(Context& context) : context_(context) {}
  Result<OperationOutcome> check(Conversation& client, const std::string& user);

 private:
  Context& context_;
};

}  // namespace cardea::recoveryd
