// SPDX-License-Identifier: Apache-2.0
#include "core/base/linux/program_end.h"

#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace cardea {

Result<UniqueFd> program_end(pid_t program) {
  UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, program, 0)));
  if (!handle) return fail(Error::io_failed, std::strerror(errno));
  return handle;
}

bool has_ended(const UniqueFd& program_end) noexcept {
  pollfd entry{program_end.get(), POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

}  // namespace cardea
