// SPDX-License-Identifier: Apache-2.0
// Puts a database in place, or takes it away, so that every process that has the old one mapped notices at
// its next look-up (docs/spec/accounts-database.md, section "Replacement"). One writer at a time: the caller
// holds a lock (recoveryd: that of its state directory).
#pragma once

#include <string>

#include "core/base/bytes.h"

namespace cardea::nss {

// Durable when it returns. The directory is made (0755) when missing. On a failure the old database is in
// place and in use. Error::corrupted when `image` does not pass check_database: it is then not put in place.
Status replace_database(const std::string& path, ByteView image);

// For a computer that has no accounts from a server any more. Nothing there is no error.
Status withdraw_database(const std::string& path);

}  // namespace cardea::nss
