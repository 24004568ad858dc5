// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/schema.h"

namespace cardea::server::sql {

const char* const kSchema = R"sql(
CREATE TABLE users(
  user_id BLOB PRIMARY KEY CHECK(length(user_id) = 16),
  account TEXT NOT NULL,
  account_key TEXT NOT NULL UNIQUE,          -- the account in lower case
  opaque_a BLOB NOT NULL, opaque_b BLOB NOT NULL,
  question_seal BLOB NOT NULL, recovery_seal BLOB NOT NULL, recovery_public BLOB NOT NULL,
  signer BLOB NOT NULL, profile BLOB NOT NULL, sheet_check BLOB NOT NULL,
  epoch INTEGER NOT NULL, changes INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,
  audit_length INTEGER NOT NULL DEFAULT 0, audit_head BLOB NOT NULL DEFAULT (zeroblob(32)));
CREATE TABLE cards(
  card_id BLOB PRIMARY KEY CHECK(length(card_id) = 32),
  user_id BLOB NOT NULL REFERENCES users(user_id),
  auth_spki BLOB NOT NULL, wrap_spki BLOB NOT NULL, proof BLOB NOT NULL,
  label TEXT NOT NULL, serial TEXT NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('active', 'suspended', 'revoked')), reason TEXT NOT NULL DEFAULT '',
  version INTEGER NOT NULL, since INTEGER NOT NULL);
CREATE INDEX cards_of_user ON cards(user_id);
CREATE TABLE computers(
  computer_id BLOB PRIMARY KEY CHECK(length(computer_id) = 32), device_spki BLOB NOT NULL);
CREATE TABLE enrolments(
  user_id BLOB NOT NULL REFERENCES users(user_id),
  computer_id BLOB NOT NULL REFERENCES computers(computer_id),
  name TEXT NOT NULL, serial TEXT NOT NULL, created INTEGER NOT NULL,
  last_seen INTEGER NOT NULL DEFAULT 0, fit TEXT NOT NULL DEFAULT 'unknown',
  PRIMARY KEY(user_id, computer_id)) WITHOUT ROWID;
CREATE TABLE generations(
  user_id BLOB NOT NULL, computer_id BLOB NOT NULL, generation INTEGER NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('begun', 'pending', 'current', 'cancelled')),
  seal BLOB NOT NULL DEFAULT x'', check_k0 BLOB NOT NULL DEFAULT x'', login_public BLOB NOT NULL DEFAULT x'',
  issued INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,
  PRIMARY KEY(user_id, computer_id, generation),
  FOREIGN KEY(user_id, computer_id) REFERENCES enrolments(user_id, computer_id)) WITHOUT ROWID;
CREATE UNIQUE INDEX one_current_generation ON generations(user_id, computer_id) WHERE state = 'current';
CREATE UNIQUE INDEX one_pending_generation ON generations(user_id, computer_id) WHERE state = 'pending';
CREATE TABLE holders(
  user_id BLOB NOT NULL REFERENCES users(user_id), kind TEXT NOT NULL, ref TEXT NOT NULL,
  epoch INTEGER NOT NULL, envelope BLOB NOT NULL, PRIMARY KEY(user_id, kind, ref)) WITHOUT ROWID;
CREATE TABLE epoch_seals(
  user_id BLOB NOT NULL REFERENCES users(user_id), epoch INTEGER NOT NULL, envelope BLOB NOT NULL,
  PRIMARY KEY(user_id, epoch)) WITHOUT ROWID;
CREATE TABLE records(
  user_id BLOB NOT NULL REFERENCES users(user_id), record_id BLOB NOT NULL CHECK(length(record_id) = 16),
  version INTEGER NOT NULL, epoch INTEGER NOT NULL, envelope BLOB NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL, change_number INTEGER NOT NULL);
CREATE UNIQUE INDEX records_by_id ON records(user_id, record_id);
CREATE UNIQUE INDEX records_by_change ON records(user_id, change_number);
CREATE TABLE sessions(
  session_id BLOB PRIMARY KEY CHECK(length(session_id) = 16),
  user_id BLOB NOT NULL REFERENCES users(user_id), level INTEGER NOT NULL, is_hmac INTEGER NOT NULL,
  key BLOB NOT NULL, card_id BLOB, computer_id BLOB, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions(user_id);
CREATE INDEX sessions_by_end ON sessions(expires_at);
CREATE TABLE used_tokens(token BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX used_tokens_by_end ON used_tokens(expires_at);
CREATE TABLE nonces(nonce BLOB PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX nonces_by_time ON nonces(seen);
CREATE TABLE answers(
  scope TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  etag TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY(scope, key));
CREATE INDEX answers_by_time ON answers(created);
CREATE TABLE guesses(subject TEXT PRIMARY KEY, count INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE audit(
  position INTEGER PRIMARY KEY, user_id BLOB NOT NULL REFERENCES users(user_id), sequence INTEGER NOT NULL,
  time INTEGER NOT NULL, kind TEXT NOT NULL, details TEXT NOT NULL, hash BLOB NOT NULL, global_hash BLOB NOT NULL);
CREATE UNIQUE INDEX audit_of_user ON audit(user_id, sequence);
)sql";

// AUTOINCREMENT, or what an engine has in its place: a number is never given out again, also when its row is
// gone. Nothing refers to the owner, so that a user who is removed leaves his number behind.
const char* const kUnixIds = R"sql(
CREATE TABLE unix_ids(
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK(id BETWEEN 2010000000 AND 2147000000),
  owner BLOB NOT NULL UNIQUE CHECK(length(owner) = 16));   -- a user_id, or the first half of a group name's hash
)sql";

const char* const kUnixIdsOfUsers = R"sql(
INSERT INTO unix_ids(owner) SELECT user_id FROM users ORDER BY created, user_id;
)sql";

}  // namespace cardea::server::sql
