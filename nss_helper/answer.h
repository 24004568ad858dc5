// SPDX-License-Identifier: Apache-2.0
// A record as the C library's structures, in the caller's buffer. Called by the entry points. False when the
// buffer is too small: nothing has then been written into the structure.
#pragma once

#include <grp.h>
#include <pwd.h>

#include "nss_helper/database_view.h"

namespace cardea::nss {

bool fill_passwd(const Record& account, struct passwd& out, char* buffer, std::size_t size) noexcept;

// An account is answered as its private group: its own name and id, no members.
bool fill_group(const Record& record, struct group& out, char* buffer, std::size_t size) noexcept;

}  // namespace cardea::nss
