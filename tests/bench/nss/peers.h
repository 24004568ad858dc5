// SPDX-License-Identifier: Apache-2.0
// Other sources of names to measure against: glibc's own files module, Debian's libnss-extrausers, and SSSD's
// module where with_sssd has started one, with passwd files of the bench's making in a mount namespace of its
// own.
#pragma once

#include <string>

#include <nss.h>
#include <pwd.h>

namespace cardea::nss::bench {

using ByName = enum nss_status (*)(const char*, struct passwd*, char*, size_t, int*);

// Leaves the machine's mounts behind; /etc/passwd and /var/lib/extrausers/passwd then hold `count` accounts,
// user0 ... False, with the reason on stderr, when this user may not.
bool enter_peer_world(int count);

ByName files_by_name();  // of the C library itself; null when it has none
// "extrausers", "sss"; null when libnss_NAME.so.2 is not installed.
ByName module_by_name(const std::string& module);

}  // namespace cardea::nss::bench
