// SPDX-License-Identifier: Apache-2.0
// Overwriting memory that held a secret; part of secret.h for everybody but the PAM module, which can use
// nothing that may throw.
#pragma once

#include <cstddef>
#include <cstring>

namespace cardea {

// Overwrites memory in a way the compiler does not remove.
inline void wipe(void* data, std::size_t size) noexcept {
  if (data == nullptr || size == 0) return;
  std::memset(data, 0, size);
  asm volatile("" : : "r"(data) : "memory");  // the store above has a reader
}

}  // namespace cardea
