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
// The name under which the account is kept that this name leads to: name services may take a name in another
// case, with a domain or with blanks for the same account.
std::optional<std::string> canonical_name_of(const std::string& user);

// Whether the user is in the group cardea-breakglass of /etc/group (packaging/pam-configs/cardea), also by
// his primary group; nothing when there is no such group.
std::optional<bool> is_in_break_glass_group(const std::string& user);

}  // namespace cardea::recoveryd
