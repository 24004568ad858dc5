// SPDX-License-Identifier: Apache-2.0
// Help-desk officers: who they are, their keys, sessions, and what is sealed for them. What they do is in
// store_officer_requests.cpp.
#include "server/store/sql/generations.h"
#include "server/store/sql/guesses.h"
#include "server/store/sql/officer_touch.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

#define OFFICER_COLUMNS "o.officer_id, o.name, o.auth_spki, o.role, o.state, o.since"
constexpr int kOfficerColumns = 6;

Officer read_officer(const Statement& row, int first = 0) {
  Officer officer;
  officer.id = id_at<OfficerId>(row, first);
  officer.name = row.text_at(first + 1);
  officer.auth_spki = row.blob_at(first + 2);
  officer.role = row.text_at(first + 3);
  officer.state = officer_state(row.text_at(first + 4)).value_or(OfficerState::removed);
  officer.since = row.number_at(first + 5);
  return officer;
}

#define KEY_COLUMNS "credential_id, officer_id, spki, sign_count, label, created, last_used"

OfficerKey read_key(const Statement& row) {
  return {row.blob_at(0), id_at<OfficerId>(row, 1), row.blob_at(2),  row.u32_at(3),
          row.text_at(4), row.number_at(5),         row.number_at(6)};
}

Result<Officer> find_officer(Connection& database, const OfficerId& id) {
  TRY_ASSIGN(auto row, database.prepare("SELECT " OFFICER_COLUMNS " FROM officers o WHERE o.officer_id=?1"));
  TRY_ASSIGN(const bool found, row.blob(id.view()).step());
  if (!found) return fail(Error::not_found, "no such officer");
  return read_officer(row);
}

Status need_active(Connection& database, const OfficerId& id) {
  const auto officer = find_officer(database, id);
  if (!officer.ok() && officer.error() != Error::not_found) return officer.failure();
  if (!officer.ok() || officer->state != OfficerState::active)
    return fail(Error::permission_denied, "not an active officer");
  return {};
}

// His card may be a user's card as well, whose loss was reported there.
Status check_card_of(Connection& database, const OfficerId& id) {
  const auto card = find_card(database, id);
  if (!card.ok()) return card.error() == Error::not_found ? Status() : Status(card.failure());
  if (card->state != CardState::active) return fail(Error::permission_denied, "this card can't be used");
  return {};
}

// W3C WebAuthn section 7.2 step 22: a counter that does not grow belongs to a copy.
Status advance_key(Connection& database, const OfficerId& officer, ByteView credential,
                   std::uint32_t sign_count, UnixSeconds now) {
  TRY_ASSIGN(auto update,
             database.prepare("UPDATE officer_keys SET sign_count=?2, last_used=?3 WHERE credential_id=?1 "
                              "AND officer_id=?4 AND (sign_count<?2 OR (sign_count=0 AND ?2=0)) "
                              "RETURNING officer_id"));
  update.blob(credential).number(sign_count).number(now);
  TRY_ASSIGN(const bool found, update.blob(officer.view()).step());
  if (!found) return fail(Error::replayed, "the key's counter did not grow");
  TRY(update.step());
  return {};
}

Status tell(Connection& database, const std::string& actor, std::string kind, const Officer& officer,
            UnixSeconds now) {
  const AdminNote note{
      actor, std::move(kind),
      api::Json::Object{{"name", officer.name}, {"officer_id", officer.id.text()}, {"role", officer.role}}};
  TRY(append_admin_audit(database, note, now));
  return {};
}

Status run_for_officer(Connection& database, const char* sql, ByteView id) {
  TRY_ASSIGN(auto statement, database.prepare(sql));
  return statement.blob(id).run();
}

}  // namespace

Status use_officer_touch(Connection& database, const OfficerTouch& touch, UnixSeconds now) {
  TRY(use_token(database, touch.token, touch.token_expires_at));
  TRY(need_active(database, touch.officer));
  TRY(check_card_of(database, touch.officer));
  return advance_key(database, touch.officer, touch.credential, touch.sign_count, now);
}

Result<std::vector<OfficerSeal>> officer_seals(Connection& database, const UserId& user,
                                               const ComputerId& computer, std::uint32_t generation) {
  TRY_ASSIGN(auto row,
             database.prepare("SELECT officer_id, name, seal FROM officer_seals WHERE user_id=?1 AND "
                              "computer_id=?2 AND generation=?3 ORDER BY officer_id"));
  row.blob(user.view()).blob(computer.view()).number(generation);
  std::vector<OfficerSeal> seals;
  for (;;) {
    TRY_ASSIGN(const bool found, row.step());
    if (!found) return seals;
    seals.push_back({id_at<OfficerId>(row, 0), row.text_at(1), row.blob_at(2)});
  }
}

Status put_officer_seals(Connection& database, const PrepareGeneration& command) {
  for (const OfficerSeal& seal : command.officers) {
    TRY_ASSIGN(auto insert,
               database.prepare("INSERT INTO officer_seals(user_id, computer_id, generation, officer_id, "
                                "name, seal) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
    insert.blob(command.user.view()).blob(command.computer.view()).number(command.number);
    TRY(insert.blob(seal.officer.view()).text(seal.name).blob(seal.seal).run());
  }
  return {};
}

Status remove_officer_seals(Connection& database, const Generation& generation) {
  TRY_ASSIGN(auto remove, database.prepare("DELETE FROM officer_seals WHERE user_id=?1 AND computer_id=?2 "
                                           "AND generation=?3"));
  remove.blob(generation.user.view()).blob(generation.computer.view());
  return remove.number(generation.number).run();
}

Status SqlStore::add_officer(const Officer& officer, const std::string& actor, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    const auto known = find_officer(database, officer.id);
    if (!known.ok() && known.error() != Error::not_found) return known.failure();
    if (known.ok() && known->state != OfficerState::removed)
      return fail(Error::already_exists, "this card is an officer's already");
    TRY_ASSIGN(auto put,
               database.prepare("INSERT INTO officers(officer_id, name, auth_spki, role, state, since) "
                                "VALUES(?1, ?2, ?3, ?4, 'active', ?5) ON CONFLICT(officer_id) DO UPDATE SET "
                                "name=excluded.name, role=excluded.role, state=excluded.state, "
                                "since=excluded.since"));
    put.blob(officer.id.view()).text(officer.name).blob(officer.auth_spki).text(officer.role);
    const Status status = put.number(now).run();
    if (!status.ok() && status.error() == Error::already_exists)
      return fail(Error::already_exists, "another officer has this name");
    TRY(status);
    return tell(database, actor, "officer-added", officer, now);
  });
}

Status SqlStore::set_officer_state(const OfficerId& id, OfficerState state, const std::string& actor,
                                   UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(const Officer officer, find_officer(database, id));
    if (officer.state == OfficerState::removed)
      return fail(Error::state_forbidden, "this officer has been removed");
    {
      TRY_ASSIGN(auto update, database.prepare("UPDATE officers SET state=?2, since=?3 WHERE officer_id=?1"));
      TRY(update.blob(id.view()).text(name_of(state)).number(now).run());
    }
    TRY(tell(database, actor, std::string("officer-") + name_of(state), officer, now));
    if (state == OfficerState::active) return {};
    TRY(run_for_officer(database, "DELETE FROM officer_sessions WHERE officer_id=?1", id.view()));
    if (state != OfficerState::removed) return {};
    return run_for_officer(database, "DELETE FROM officer_keys WHERE officer_id=?1", id.view());
  });
}

Result<std::vector<Officer>> SqlStore::officers() {
  return read([&](Connection& database) -> Result<std::vector<Officer>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT " OFFICER_COLUMNS " FROM officers o ORDER BY o.name"));
    std::vector<Officer> officers;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return officers;
      officers.push_back(read_officer(row));
    }
  });
}

Result<Officer> SqlStore::get_officer(const OfficerId& id) {
  return read([&](Connection& database) { return find_officer(database, id); });
}

Status SqlStore::add_officer_key(const AddOfficerKey& command) {
  return write([&](Connection& database) -> Status {
    const OfficerKey& key = command.key;
    TRY(need_active(database, key.officer));
    TRY_ASSIGN(const Officer officer, find_officer(database, key.officer));
    TRY(use_token(database, command.token, command.token_expires_at));
    {
      TRY_ASSIGN(auto row, database.prepare("SELECT count(*) FROM officer_keys WHERE officer_id=?1"));
      TRY(row.blob(key.officer.view()).step());
      if (row.u64_at(0) >= command.max_keys) return fail(Error::limit_exceeded, "too many keys");
    }
    TRY_ASSIGN(auto insert, database.prepare("INSERT INTO officer_keys(credential_id, officer_id, spki, "
                                             "sign_count, label, created) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
    insert.blob(key.credential).blob(key.officer.view()).blob(key.spki).number(key.sign_count);
    TRY(insert.text(key.label).number(key.created).run());
    return tell(database, officer.name, "officer-key-added", officer, key.created);
  });
}

Result<OfficerKey> SqlStore::get_officer_key(ByteView credential) {
  return read([&](Connection& database) -> Result<OfficerKey> {
    TRY_ASSIGN(auto row, database.prepare("SELECT " KEY_COLUMNS " FROM officer_keys WHERE credential_id=?1"));
    TRY_ASSIGN(const bool found, row.blob(credential).step());
    if (!found) return fail(Error::not_found, "no such key");
    return read_key(row);
  });
}

Result<std::vector<OfficerKey>> SqlStore::officer_keys(const OfficerId& officer) {
  return read([&](Connection& database) -> Result<std::vector<OfficerKey>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT " KEY_COLUMNS " FROM officer_keys WHERE officer_id=?1 "
                                          "ORDER BY created, credential_id"));
    row.blob(officer.view());
    std::vector<OfficerKey> keys;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return keys;
      keys.push_back(read_key(row));
    }
  });
}

Status SqlStore::open_officer_session(const OpenOfficerSession& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    const OfficerSession& session = command.session;
    TRY(use_token(database, command.token, command.token_expires_at));
    TRY(need_active(database, session.officer.id));
    TRY(check_card_of(database, session.officer.id));
    if (command.credential)
      TRY(advance_key(database, session.officer.id, *command.credential, command.sign_count, now));
    TRY_ASSIGN(auto insert,
               database.prepare("INSERT INTO officer_sessions(session_id, officer_id, by_card, key, "
                                "expires_at) VALUES(?1, ?2, ?3, ?4, ?5)"));
    insert.blob(session.id.view()).blob(session.officer.id.view());
    insert.number(std::int64_t{session.by_card ? 1 : 0}).blob(session.key);
    return insert.number(session.expires_at).run();
  });
}

Result<OfficerSession> SqlStore::get_officer_session(const SessionId& id, UnixSeconds now) {
  return read([&](Connection& database) -> Result<OfficerSession> {
    TRY_ASSIGN(auto row,
               database.prepare("SELECT " OFFICER_COLUMNS ", s.by_card, s.key, s.expires_at FROM "
                                "officer_sessions s JOIN officers o ON o.officer_id=s.officer_id "
                                "WHERE s.session_id=?1 AND s.expires_at>?2 AND o.state='active' AND "
                                "NOT EXISTS(SELECT 1 FROM cards c WHERE "
                                "c.card_id=o.officer_id AND c.state<>'active')"));
    TRY_ASSIGN(const bool found, row.blob(id.view()).number(now).step());
    if (!found) return fail(Error::not_found, "no such session");
    OfficerSession session;
    session.id = id;
    session.officer = read_officer(row);
    session.by_card = row.number_at(kOfficerColumns) != 0;
    session.key = row.blob_at(kOfficerColumns + 1);
    session.expires_at = row.number_at(kOfficerColumns + 2);
    return session;
  });
}

Status SqlStore::end_officer_session(const SessionId& id) {
  return write([&](Connection& database) -> Status {
    return run_for_officer(database, "DELETE FROM officer_sessions WHERE session_id=?1", id.view());
  });
}

}  // namespace cardea::server::sql
