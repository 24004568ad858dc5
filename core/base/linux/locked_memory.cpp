// SPDX-License-Identifier: Apache-2.0
#include "core/base/locked_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/base/wipe.h"

namespace cardea {
namespace {

std::size_t whole_pages(std::size_t size) noexcept {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

}  // namespace

void* locked_allocate(std::size_t size) noexcept {
  const std::size_t length = whole_pages(size);
  if (length < size) return nullptr;
  void* data = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) return nullptr;
  (void)mlock(data, length);
  (void)madvise(data, length, MADV_DONTDUMP);
  (void)madvise(data, length, MADV_WIPEONFORK);
  return data;
}

void locked_free(void* data, std::size_t size) noexcept {
  wipe(data, size);
  (void)munmap(data, whole_pages(size));
}

}  // namespace cardea
