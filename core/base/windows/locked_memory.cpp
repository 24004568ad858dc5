// SPDX-License-Identifier: Apache-2.0
#include "core/base/locked_memory.h"

#include <windows.h>

#include "core/base/wipe.h"

namespace cardea {

void* locked_allocate(std::size_t size) noexcept {
  void* data = VirtualAlloc(nullptr, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
  if (data != nullptr) (void)VirtualLock(data, size);
  return data;
}

void locked_free(void* data, std::size_t size) noexcept {
  wipe(data, size);
  (void)VirtualFree(data, 0, MEM_RELEASE);
}

}  // namespace cardea
