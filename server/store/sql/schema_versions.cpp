// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "server/store/sql/schema.h"

namespace cardea::server::sql {
namespace {

constexpr std::int64_t kFirst = 3;
constexpr std::array<const char*, 2> kVersions = {
    // 3: a computer can leave the account and be asked for new access keys; where a card was put into use.
    R"sql(
ALTER TABLE enrolments ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrolments ADD COLUMN rotate_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN computer_id BLOB;
)sql",
    // 4: browsers that wait for a card.
    R"sql(
CREATE TABLE pairings(
  pairing_id BLOB PRIMARY KEY CHECK(length(pairing_id) = 5),
  session_spki BLOB NOT NULL, seal_key BLOB NOT NULL, cover BLOB NOT NULL, answer BLOB NOT NULL,
  prefix TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX pairings_by_end ON pairings(expires_at);
)sql",
};

}  // namespace

std::int64_t schema_version() noexcept { return kFirst + static_cast<std::int64_t>(kVersions.size()) - 1; }

const char* text_of_version(std::int64_t version) noexcept {
  return kVersions.at(static_cast<std::size_t>(version - kFirst));
}

}  // namespace cardea::server::sql
