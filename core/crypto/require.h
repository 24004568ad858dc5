// SPDX-License-Identifier: Apache-2.0
// For what a working library can't refuse: a hash of valid memory, a key of checked size. Going on after such
// a failure would mean going on with a known key or an empty digest, so the process ends, as Random does.
// Internal to core/crypto.
#pragma once

#include <cstdlib>

namespace cardea::crypto {

inline void require(bool condition) noexcept {
  if (!condition) std::abort();
}

}  // namespace cardea::crypto
