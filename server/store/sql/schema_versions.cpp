// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "server/store/sql/schema.h"

namespace cardea::server::sql {
namespace {

// Regions: the directory, the days of those who want them kept, OPRF keys that came along, bundles on their
// way, the range of numbers this region gives out.
constexpr char kRegions[] = R"sql(
CREATE TABLE homes(
  user_id BLOB PRIMARY KEY REFERENCES users(user_id),
  state TEXT NOT NULL CHECK(state IN ('here', 'asked', 'agreed', 'frozen', 'gone', 'arriving')),
  region TEXT NOT NULL DEFAULT '', epoch INTEGER NOT NULL DEFAULT 1, since INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0,
  quiet_until INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
  records_days INTEGER NOT NULL DEFAULT 0, bundle BLOB NOT NULL DEFAULT x'',
  forward BLOB NOT NULL DEFAULT x'', signature BLOB NOT NULL DEFAULT x'',
  delivered INTEGER NOT NULL DEFAULT 0, purged INTEGER NOT NULL DEFAULT 0);
CREATE INDEX homes_by_state ON homes(state, since);
CREATE TABLE work_days(
  user_id BLOB NOT NULL REFERENCES users(user_id), day INTEGER NOT NULL, region TEXT NOT NULL,
  PRIMARY KEY(user_id, day)) WITHOUT ROWID;
CREATE INDEX work_days_by_day ON work_days(day);
CREATE TABLE oprf_keys(
  user_id BLOB PRIMARY KEY REFERENCES users(user_id), key_a BLOB NOT NULL, key_b BLOB NOT NULL);
CREATE TABLE bundle_parts(
  move BLOB NOT NULL CHECK(length(move) = 32), number INTEGER NOT NULL, bytes BLOB NOT NULL,
  created INTEGER NOT NULL, PRIMARY KEY(move, number));
CREATE INDEX bundle_parts_by_time ON bundle_parts(created);
CREATE TABLE unix_id_range(one INTEGER PRIMARY KEY CHECK(one = 1), first INTEGER NOT NULL, last INTEGER NOT NULL);
)sql";

constexpr std::int64_t kFirst = 3;
constexpr std::array<const char*, 1> kVersions = {kRegions};

}  // namespace

std::int64_t schema_version() noexcept { return kFirst + static_cast<std::int64_t>(kVersions.size()) - 1; }

const char* text_of_version(std::int64_t version) noexcept {
  return kVersions.at(static_cast<std::size_t>(version - kFirst));
}

}  // namespace cardea::server::sql
