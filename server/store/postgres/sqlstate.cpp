// SPDX-License-Identifier: Apache-2.0
#include "server/store/postgres/sqlstate.h"

namespace cardea::server::postgres {
namespace {

struct Row {
  std::string_view prefix;
  Meaning meaning;
};

// The first prefix that fits.
constexpr Row kRows[] = {
    {"08", {Error::io_failed, Aftermath::connection}},  // connection exception
    {"22", {Error::invalid_argument, Aftermath::statement}},
    {"23", {Error::already_exists, Aftermath::statement}},  // as SQLite's SQLITE_CONSTRAINT
    // A standby, or a primary that has been told to step down. Another host of the list may be the primary
    // now.
    {"25006", {Error::io_failed, Aftermath::connection}},
    {"25P03", {Error::io_failed, Aftermath::connection}},  // idle in transaction for too long
    {"40", {Error::timeout, Aftermath::transaction}},      // serialization failure, deadlock
    {"53100", {Error::disk_full, Aftermath::statement}},
    {"53200", {Error::out_of_memory, Aftermath::statement}},
    {"55P03", {Error::timeout, Aftermath::statement}},    // lock_timeout
    {"57014", {Error::timeout, Aftermath::statement}},    // statement_timeout
    {"57P", {Error::io_failed, Aftermath::connection}},   // shutdown, crash of another backend, starting up
    {"58030", {Error::io_failed, Aftermath::statement}},  // disk
    {"XX001", {Error::corrupted, Aftermath::statement}},
    {"XX002", {Error::corrupted, Aftermath::statement}},
};

}  // namespace

Meaning meaning_of(std::string_view sqlstate) noexcept {
  if (sqlstate.empty()) return {Error::io_failed, Aftermath::connection};
  for (const Row& row : kRows) {
    if (sqlstate.starts_with(row.prefix)) return row.meaning;
  }
  return {};
}

}  // namespace cardea::server::postgres
