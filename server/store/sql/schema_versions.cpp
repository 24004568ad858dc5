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
  forward BLOB NOT NULL DEFAULT x'',
  delivered INTEGER NOT NULL DEFAULT 0, purged INTEGER NOT NULL DEFAULT 0);
CREATE INDEX homes_by_state ON homes(state, since);
CREATE INDEX homes_to_do ON homes(not_before) WHERE (state IN ('agreed', 'frozen') OR (state='gone' AND delivered=0));
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
// A computer can leave the account and be asked for new access keys; where a card was put into use.
constexpr char kOwner[] = R"sql(
ALTER TABLE enrolments ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrolments ADD COLUMN rotate_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN computer_id BLOB;
)sql";

// What an organisation decides while the servers run, and what its administrators did.
constexpr char kAdministration[] = R"sql(
CREATE TABLE policies(name TEXT PRIMARY KEY, value TEXT NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE admin_audit(
  sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
  details TEXT NOT NULL, hash BLOB NOT NULL CHECK(length(hash) = 32));
ALTER TABLE users ADD COLUMN oprf_seed INTEGER NOT NULL DEFAULT 1;
)sql";

// Help-desk officers. A removed officer stays, because events and requests name him.
constexpr char kOfficers[] = R"sql(
CREATE TABLE officers(
  officer_id BLOB PRIMARY KEY CHECK(length(officer_id) = 32),   -- card_id of his card
  name TEXT NOT NULL UNIQUE, auth_spki BLOB NOT NULL,
  role TEXT NOT NULL CHECK(role IN ('officer', 'administrator')),
  state TEXT NOT NULL CHECK(state IN ('active', 'suspended', 'removed')), since INTEGER NOT NULL);
CREATE TABLE officer_keys(
  credential_id BLOB PRIMARY KEY, officer_id BLOB NOT NULL REFERENCES officers(officer_id),
  spki BLOB NOT NULL, sign_count INTEGER NOT NULL, label TEXT NOT NULL, created INTEGER NOT NULL,
  last_used INTEGER NOT NULL DEFAULT 0);
CREATE INDEX keys_of_officer ON officer_keys(officer_id);
CREATE TABLE officer_sessions(
  session_id BLOB PRIMARY KEY CHECK(length(session_id) = 16),
  officer_id BLOB NOT NULL REFERENCES officers(officer_id), by_card INTEGER NOT NULL, key BLOB NOT NULL,
  expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX officer_sessions_by_end ON officer_sessions(expires_at);
CREATE TABLE officer_requests(
  request_id BLOB PRIMARY KEY CHECK(length(request_id) = 16),
  kind TEXT NOT NULL CHECK(kind IN ('access-key', 'open-account', 'suspend-card')),
  state TEXT NOT NULL CHECK(state IN ('waiting', 'approved', 'declined', 'done')),
  user_id BLOB NOT NULL REFERENCES users(user_id), computer_id BLOB, card_id BLOB,
  officer_id BLOB NOT NULL REFERENCES officers(officer_id), approver_id BLOB REFERENCES officers(officer_id),
  verified TEXT NOT NULL, reason TEXT NOT NULL, issued INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL, expires_at INTEGER NOT NULL);
CREATE INDEX officer_requests_by_end ON officer_requests(expires_at);
CREATE TABLE officer_seals(
  user_id BLOB NOT NULL, computer_id BLOB NOT NULL, generation INTEGER NOT NULL, officer_id BLOB NOT NULL,
  name TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY(user_id, computer_id, generation, officer_id),
  FOREIGN KEY(user_id, computer_id, generation) REFERENCES generations(user_id, computer_id, generation)
) WITHOUT ROWID;
)sql";

// Browsers that wait for a card.
constexpr char kPairings[] = R"sql(
CREATE TABLE pairings(
  pairing_id BLOB PRIMARY KEY CHECK(length(pairing_id) = 5),
  session_spki BLOB NOT NULL, seal_key BLOB NOT NULL, cover BLOB NOT NULL, answer BLOB NOT NULL,
  prefix TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX pairings_by_end ON pairings(expires_at);
)sql";

// Registrations that were prepared in a browser. future_user becomes a user_id, or nothing.
constexpr char kDrafts[] = R"sql(
CREATE TABLE drafts(
  sheet_check BLOB PRIMARY KEY CHECK(length(sheet_check) = 44),
  future_user BLOB NOT NULL UNIQUE CHECK(length(future_user) = 16),
  opaque_a BLOB NOT NULL, opaque_b BLOB NOT NULL, question_seal BLOB NOT NULL, recovery_seal BLOB NOT NULL,
  recovery_public BLOB NOT NULL, oprf_seed INTEGER NOT NULL, prefix TEXT NOT NULL,
  expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX drafts_by_end ON drafts(expires_at);
CREATE INDEX drafts_of_prefix ON drafts(prefix);
)sql";

// What a computer tells of itself at its check-in, for the administrators' list of all computers.
constexpr char kFleet[] = R"sql(
ALTER TABLE enrolments ADD COLUMN gate TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE enrolments ADD COLUMN program INTEGER NOT NULL DEFAULT 0;
CREATE INDEX enrolments_by_contact ON enrolments(last_seen, user_id, computer_id);
CREATE INDEX admin_audit_by_kind ON admin_audit(kind, sequence);
)sql";

// Messages to the organisation's own channels. Without references: they outlive a user who moves away.
constexpr char kOutbox[] = R"sql(
CREATE TABLE outbox(
  user_id BLOB NOT NULL, sequence INTEGER NOT NULL, account TEXT NOT NULL, time INTEGER NOT NULL,
  kind TEXT NOT NULL, details TEXT NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(user_id, sequence)) WITHOUT ROWID;
CREATE INDEX outbox_by_due ON outbox(due, user_id, sequence);
CREATE INDEX outbox_by_time ON outbox(time);
)sql";

constexpr std::array kVersions = {kOwner,   kAdministration, kOfficers, kPairings,
                                  kRegions, kDrafts,         kFleet,    kOutbox};

}  // namespace

std::int64_t schema_version() noexcept { return kFirst + static_cast<std::int64_t>(kVersions.size()) - 1; }

const char* text_of_version(std::int64_t version) noexcept {
  return kVersions.at(static_cast<std::size_t>(version - kFirst));
}

}  // namespace cardea::server::sql
