// SPDX-License-Identifier: Apache-2.0
// Whether a program that was once known by its number still runs. A number is used again, this is not.
#pragma once

#include <sys/types.h>

#include "core/base/linux/unique_fd.h"
#include "core/base/result.h"

namespace cardea {

// A descriptor that is readable from the end of the program on. Error::io_failed when there is no such
// program.
Result<UniqueFd> program_end(pid_t program);
bool has_ended(const UniqueFd& program_end) noexcept;

}  // namespace cardea
