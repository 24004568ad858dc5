// SPDX-License-Identifier: Apache-2.0
// Local user names of uids, for the rule that a uid acts only for itself.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

namespace cardea::recoveryd {

// Looks in /etc/passwd first, which can't block; then asks the name service switch.
std::optional<uid_t> uid_of(const std::string& user);
std::optional<std::string> name_of(uid_t uid);

}  // namespace cardea::recoveryd
