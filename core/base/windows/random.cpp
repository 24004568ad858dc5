// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"

#include <cstdlib>

// bcrypt.h needs the types of windows.h before it.
// clang-format off
#include <windows.h>
#include <bcrypt.h>
// clang-format on

namespace cardea {

void SystemRandom::fill(MutableBytes out) {
  const NTSTATUS status =
      BCryptGenRandom(nullptr, out.data(), static_cast<ULONG>(out.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG);
  if (status != 0) std::abort();
}

}  // namespace cardea
