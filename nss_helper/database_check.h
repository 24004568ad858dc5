// SPDX-License-Identifier: Apache-2.0
// The check of a whole database: every bucket and record, and that each record is found under its name and
// id. Called by the writer on what it is about to put in place and by the daemon at its start; the module
// itself checks only what it uses.
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "nss_helper/account_rules.h"

namespace cardea::nss {

struct DatabaseState {
  AccountList list;  // as it was admitted
  std::uint64_t generation = 0;
  bool replaced = false;  // marked: its writer did not get to putting the next one in place
};

// Error::corrupted with what is wrong.
Result<DatabaseState> check_database(ByteView file);

// The same for a file, opened by the module's rules. Error::not_found, corrupted (also: a file that the
// module would not trust), io_failed.
Result<DatabaseState> check_database_file(const std::string& path);

}  // namespace cardea::nss
