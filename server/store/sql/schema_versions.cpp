// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "server/store/sql/schema.h"

namespace cardea::server::sql {
namespace {

constexpr std::int64_t kFirst = 3;
// What an organisation decides while the servers run, and what its administrators did.
constexpr char kAdministration[] = R"sql(
CREATE TABLE policies(name TEXT PRIMARY KEY, value TEXT NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE admin_audit(
  sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
  details TEXT NOT NULL, hash BLOB NOT NULL CHECK(length(hash) = 32));
ALTER TABLE users ADD COLUMN oprf_seed INTEGER NOT NULL DEFAULT 1;
)sql";

constexpr std::array<const char*, 1> kVersions = {kAdministration};

}  // namespace

std::int64_t schema_version() noexcept { return kFirst + static_cast<std::int64_t>(kVersions.size()) - 1; }

const char* text_of_version(std::int64_t version) noexcept {
  return kVersions.at(static_cast<std::size_t>(version - kFirst));
}

}  // namespace cardea::server::sql
