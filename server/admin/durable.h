// SPDX-License-Identifier: Apache-2.0
// What makes a rename or a finished file outlive a power failure, for the verbs that move whole files and
// directories; one small file is written by core/base/linux/secure_file.
#pragma once

#include <string>

#include "core/base/result.h"

namespace cardea::server::admin {

// From errno, with the path: disk_full, already_exists, not_found, permission_denied or io_failed.
Failure io_failure(const std::string& path);
// fsync of a regular file.
Status sync_file(const std::string& path);
// fsync of a directory: the names in it are durable.
Status sync_directory(const std::string& path);
// The directory that has the name; "." for a name without one.
std::string parent_of(const std::string& path);

}  // namespace cardea::server::admin
