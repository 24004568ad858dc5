// SPDX-License-Identifier: Apache-2.0
// Browsers that wait for a card.
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

Result<Pairing> find_pairing(Connection& database, const PairingId& id, UnixSeconds now) {
  TRY_ASSIGN(auto row, database.prepare("SELECT session_spki, seal_key, cover, answer, prefix, expires_at "
                                        "FROM pairings WHERE pairing_id=?1 AND expires_at>?2"));
  TRY_ASSIGN(const bool found, row.blob(id.view()).number(now).step());
  if (!found) return fail(Error::not_found, "no such pairing");
  return Pairing{
      id, row.blob_at(0), row.blob_at(1), row.blob_at(2), row.blob_at(3), row.text_at(4), row.number_at(5)};
}

// Those that have ended make room before they are purged.
Status make_room(Connection& database, std::uint64_t max_open, UnixSeconds now) {
  {
    TRY_ASSIGN(auto row, database.prepare("DELETE FROM pairings WHERE expires_at<=?1"));
    TRY(row.number(now).run());
  }
  TRY_ASSIGN(auto row, database.prepare("SELECT count(*) FROM pairings"));
  TRY_ASSIGN(const bool found, row.step());
  if (!found || row.u64_at(0) >= max_open) return fail(Error::limit_exceeded, "too many pairings are open");
  return {};
}

}  // namespace

Status SqlStore::open_pairing(const OpenPairing& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY(make_room(database, command.max_open, now));
    const Pairing& pairing = command.pairing;
    TRY_ASSIGN(auto insert,
               database.prepare("INSERT INTO pairings(pairing_id, session_spki, seal_key, cover, "
                                "answer, prefix, expires_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
    insert.blob(pairing.id.view()).blob(pairing.session_spki).blob(pairing.seal_key).blob(pairing.cover);
    return insert.blob(pairing.answer).text(pairing.prefix).number(pairing.expires_at).run();
  });
}

Result<Pairing> SqlStore::get_pairing(const PairingId& id, UnixSeconds now) {
  return read([&](Connection& database) { return find_pairing(database, id, now); });
}

Status SqlStore::answer_pairing(const AnswerPairing& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(const Pairing pairing, find_pairing(database, command.id, now));
    if (pairing.answer == command.answer) return {};  // its acknowledgement was lost
    if (!pairing.answer.empty()) return fail(Error::state_forbidden, "the pairing has an answer");
    {
      TRY_ASSIGN(auto update, database.prepare("UPDATE pairings SET answer=?2 WHERE pairing_id=?1"));
      TRY(update.blob(command.id.view()).blob(command.answer).run());
    }
    const AuditNote note{"browser-allowed",
                         api::Json::Object{{"card", command.card.text()}, {"from", pairing.prefix}}};
    TRY(append_audit(database, command.user, note, now));
    return {};
  });
}

}  // namespace cardea::server::sql
