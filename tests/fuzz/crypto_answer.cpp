// SPDX-License-Identifier: Apache-2.0
// Answers to the user's own question: what is accepted is within its limit, and normalising it again changes
// nothing (or a stored answer could stop matching itself).
#include <cstdlib>

#include "core/crypto/password_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  const auto once = crypto::normalise_answer({data, size});
  if (!once.ok()) return 0;
  const auto twice = crypto::normalise_answer(once->expose());
  if (once->size() > crypto::kMaxAnswer || !twice.ok() || !(*twice == *once)) std::abort();
  return 0;
}
