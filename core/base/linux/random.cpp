// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"

#include <cerrno>
#include <cstdlib>

#include <sys/random.h>

namespace cardea {

void SystemRandom::fill(MutableBytes out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) std::abort();
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace cardea
