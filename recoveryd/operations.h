// SPDX-License-Identifier: Apache-2.0
// The table of verbs: which service carries out which operation.
#pragma once

#include "recoveryd/dispatcher.h"

namespace cardea::recoveryd {

class Operations {
 public:
  explicit Operations(Context& context) : context_(context) {}
  void add_to(Dispatcher& dispatcher);

 private:
  void add_officers_to(Dispatcher& dispatcher);
  Context& context_;
};

}  // namespace cardea::recoveryd
