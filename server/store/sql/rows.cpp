// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/rows.h"

#include <algorithm>

#include "core/api/account_statement.h"
#include "core/api/audit_event.h"
#include "server/store/audit_chain.h"
#include "server/store/outbox.h"
#include "server/store/sql/generations.h"

namespace cardea::server::sql {
namespace {

Card read_card(const Statement& row) {
  Card card;
  card.id = id_at<CardId>(row, 0);
  card.user = id_at<UserId>(row, 1);
  card.auth_spki = row.blob_at(2);
  card.wrap_spki = row.blob_at(3);
  card.proof = row.blob_at(4);
  card.label = row.text_at(5);
  card.serial = row.text_at(6);
  // An unknown word, which the schema excludes, must not read as usable.
  card.state = card_state(row.text_at(7)).value_or(CardState::revoked);
  card.reason = row.text_at(8);
  card.version = row.u64_at(9);
  card.since = row.number_at(10);
  if (!row.null_at(11)) card.computer = id_at<ComputerId>(row, 11);
  return card;
}

#define CARD_COLUMNS \
  "card_id, user_id, auth_spki, wrap_spki, proof, label, serial, state, reason, version, since, computer_id"

// A computer that was retired and is added again: the numbers of its generations go on.
Result<bool> bring_back(Connection& database, const UserId& user, const Computer& computer, UnixSeconds now) {
  TRY_ASSIGN(auto update,
             database.prepare("UPDATE enrolments SET retired=0, name=?3, serial=?4, created=?5, last_seen=0, "
                              "fit='unknown' WHERE user_id=?1 AND computer_id=?2 AND retired<>0 "
                              "RETURNING computer_id"));
  update.blob(user.view()).blob(computer.id.view()).text(computer.name).text(computer.serial).number(now);
  TRY_ASSIGN(const bool found, update.step());
  if (found) TRY(update.step());
  return found;
}

}  // namespace

std::string account_key(std::string_view account) {
  std::string key(account);
  std::transform(key.begin(), key.end(), key.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return key;
}

Result<std::optional<StoredAnswer>> find_stored_answer(Connection& database, const Once& once) {
  TRY_ASSIGN(auto row,
             database.prepare("SELECT request, status, body, etag FROM answers WHERE scope=?1 AND key=?2"));
  TRY_ASSIGN(const bool found, row.text(once.scope).text(once.key).step());
  if (!found) return std::optional<StoredAnswer>{};
  if (row.array_at<32>(0) != once.request) {
    return fail(Error::server_conflict, "this Idempotency-Key was used for another request");
  }
  return std::optional<StoredAnswer>(
      StoredAnswer{static_cast<int>(row.number_at(1)), row.text_at(2), row.text_at(3)});
}

Status keep_answer(Connection& database, const Once& once, const StoredAnswer& answer, UnixSeconds now) {
  TRY_ASSIGN(auto insert,
             database.prepare("INSERT INTO answers(scope, key, request, status, body, etag, created) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  insert.text(once.scope).text(once.key).blob(once.request).number(std::int64_t{answer.status});
  return insert.text(answer.body).text(answer.etag).number(now).run();
}

Status check_home(const Statement& row, int column, const UserId& user) {
  if (row.null_at(column)) return {};
  // An unknown word, which the schema excludes, must not let a change through.
  switch (home_state(row.text_at(column)).value_or(HomeState::frozen)) {
    case HomeState::here:
    case HomeState::asked:
    case HomeState::agreed:
      return {};
    case HomeState::gone:
      return moved_away(user);
    case HomeState::frozen:
    case HomeState::arriving:
      break;
  }
  return fail(Error::timeout, "the account is being moved to another region");
}

Result<AuditPoint> audit_point(Connection& database, const UserId& user) {
  TRY_ASSIGN(auto row,
             database.prepare("SELECT audit_length, audit_head, " HOME_STATE " FROM users WHERE user_id=?1"));
  TRY_ASSIGN(const bool found, row.blob(user.view()).step());
  if (!found) return fail(Error::not_found, "no such user");
  TRY(check_home(row, 2, user));
  return AuditPoint{row.u64_at(0), row.array_at<32>(1)};
}

Result<std::uint32_t> user_epoch(Connection& database, const UserId& user) {
  TRY_ASSIGN(auto row, database.prepare("SELECT epoch, " HOME_STATE " FROM users WHERE user_id=?1"));
  TRY_ASSIGN(const bool found, row.blob(user.view()).step());
  if (!found) return fail(Error::not_found, "no such user");
  TRY(check_home(row, 1, user));
  return row.u32_at(0);
}

Result<std::uint32_t> give_unix_id(Connection& database, ByteView owner) {
  {
    TRY_ASSIGN(auto row, database.prepare("SELECT id FROM unix_ids WHERE owner=?1"));
    TRY_ASSIGN(const bool found, row.blob(owner).step());
    if (found) return row.u32_at(0);
  }
  TRY_ASSIGN(const std::int64_t id, database.take_unix_id());
  TRY_ASSIGN(const std::int64_t last,
             database.number("SELECT coalesce((SELECT last FROM unix_id_range), 2147000000)"));
  if (id > std::min(last, std::int64_t{api::kLastUnixId}))
    return fail(Error::limit_exceeded, "every uid of this server is given out");
  TRY_ASSIGN(auto insert, database.prepare("INSERT INTO unix_ids(id, owner) VALUES(?1, ?2)"));
  TRY(insert.number(id).blob(owner).run());
  return static_cast<std::uint32_t>(id);
}

Status insert_audit(Connection& database, const UserId& user, const AuditEvent& event) {
  Digest global{};
  std::uint64_t position = 0;
  {
    TRY_ASSIGN(auto row,
               database.prepare("SELECT global_hash, position FROM audit ORDER BY position DESC LIMIT 1"));
    TRY_ASSIGN(const bool found, row.step());
    if (found) {
      global = row.array_at<32>(0);
      position = row.u64_at(1);
    }
  }
  global = next_global_head(global, event.hash);
  TRY_ASSIGN(auto insert, database.prepare("INSERT INTO audit(user_id, sequence, time, kind, details, hash, "
                                           "global_hash, position) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  insert.blob(user.view()).number(event.sequence).number(event.time).text(event.kind).text(event.details);
  return insert.blob(event.hash).blob(global).number(position + 1).run();
}

namespace {

Status put_into_outbox(Connection& database, const UserId& user, const AuditEvent& event) {
  TRY_ASSIGN(auto insert,
             database.prepare("INSERT INTO outbox(user_id, sequence, account, time, kind, details, due) "
                              "SELECT user_id, ?2, account, ?3, ?4, ?5, ?3 FROM users WHERE user_id=?1 "
                              "ON CONFLICT(user_id, sequence) DO NOTHING"));
  insert.blob(user.view()).number(event.sequence).number(event.time);
  return insert.text(event.kind).text(event.details).run();
}

}  // namespace

Result<AuditPoint> append_audit(Connection& database, const UserId& user, const AuditNote& note,
                                UnixSeconds now) {
  TRY_ASSIGN(AuditPoint point, audit_point(database, user));
  ++point.length;
  point.head = api::next_audit_head(point.head,
                                    api::audit_event_text(user, point.length, now, note.kind, note.details));
  const AuditEvent event{point.length, now, note.kind, note.details.canonical().text(), point.head};
  TRY(insert_audit(database, user, event));
  if (is_told_outside(event.kind)) TRY(put_into_outbox(database, user, event));
  TRY_ASSIGN(auto update,
             database.prepare("UPDATE users SET audit_length=?2, audit_head=?3 WHERE user_id=?1"));
  TRY(update.blob(user.view()).number(point.length).blob(point.head).run());
  return point;
}

Status note_work_day(Connection& database, const UserId& user, std::string_view region, UnixSeconds now) {
  constexpr std::int64_t kDay = 24 * 3600;
  if (region.empty()) return {};
  TRY_ASSIGN(auto insert,
             database.prepare("INSERT INTO work_days(user_id, day, region) SELECT ?1, ?2, ?3 WHERE EXISTS("
                              "SELECT 1 FROM homes WHERE user_id=?1 AND records_days=1) "
                              "ON CONFLICT(user_id, day) DO UPDATE SET region=excluded.region"));
  return insert.blob(user.view()).number(now / kDay).text(region).run();
}

Result<Card> find_card(Connection& database, const CardId& id) {
  TRY_ASSIGN(auto row, database.prepare("SELECT " CARD_COLUMNS " FROM cards WHERE card_id=?1"));
  TRY_ASSIGN(const bool found, row.blob(id.view()).step());
  if (!found) return fail(Error::not_found, "no such card");
  return read_card(row);
}

Result<std::vector<Card>> cards_of(Connection& database, const UserId& user) {
  TRY_ASSIGN(auto row,
             database.prepare("SELECT " CARD_COLUMNS " FROM cards WHERE user_id=?1 ORDER BY since, card_id"));
  row.blob(user.view());
  std::vector<Card> cards;
  for (;;) {
    TRY_ASSIGN(const bool found, row.step());
    if (!found) return cards;
    cards.push_back(read_card(row));
  }
}

Status insert_card(Connection& database, const Card& card) {
  TRY_ASSIGN(auto insert, database.prepare("INSERT INTO cards(" CARD_COLUMNS
                                           ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"));
  insert.blob(card.id.view())
      .blob(card.user.view())
      .blob(card.auth_spki)
      .blob(card.wrap_spki)
      .blob(card.proof);
  insert.text(card.label).text(card.serial).text(name_of(card.state)).text(card.reason).number(card.version);
  insert.number(card.since);
  card.computer ? insert.blob(card.computer->view()) : insert.null();
  const Status status = insert.run();
  if (!status.ok() && status.error() == Error::already_exists) {
    return fail(Error::already_exists, "this card belongs to somebody");
  }
  return status;
}

Status insert_holder(Connection& database, const UserId& user, const Holder& holder) {
  TRY_ASSIGN(auto insert,
             database.prepare("INSERT INTO holders(user_id, kind, ref, epoch, envelope) "
                              "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(user_id, kind, ref) DO UPDATE "
                              "SET epoch=excluded.epoch, envelope=excluded.envelope"));
  insert.blob(user.view()).text(holder.kind).text(holder.ref).number(holder.epoch);
  return insert.blob(holder.envelope).run();
}

Status insert_computer(Connection& database, const UserId& user, const Computer& computer, UnixSeconds now) {
  TRY_ASSIGN(auto known, database.prepare("INSERT INTO computers(computer_id, device_spki) VALUES(?1, ?2) "
                                          "ON CONFLICT(computer_id) DO NOTHING"));
  TRY(known.blob(computer.id.view()).blob(computer.device_spki).run());
  TRY_ASSIGN(const bool returns, bring_back(database, user, computer, now));
  if (returns) return {};
  TRY_ASSIGN(auto enrol,
             database.prepare("INSERT INTO enrolments(user_id, computer_id, name, serial, created) "
                              "VALUES(?1, ?2, ?3, ?4, ?5)"));
  enrol.blob(user.view()).blob(computer.id.view()).text(computer.name).text(computer.serial);
  const Status status = enrol.number(now).run();
  if (!status.ok() && status.error() == Error::already_exists) {
    return fail(Error::already_exists, "this computer is enrolled already");
  }
  return status;
}

Result<Computer> find_computer(Connection& database, const UserId& user, const ComputerId& id) {
  TRY_ASSIGN(auto row,
             database.prepare(
                 "SELECT c.device_spki, e.name, e.serial, e.fit, e.last_seen, coalesce(g.generation, 0), "
                 "coalesce(g.issued, 0), coalesce(g.used, 0), e.rotate_asked, e.retired FROM enrolments e "
                 "JOIN computers c USING(computer_id) LEFT JOIN generations g ON g.user_id=e.user_id AND "
                 "g.computer_id=e.computer_id AND g.state='current' "
                 "WHERE e.user_id=?1 AND e.computer_id=?2"));
  TRY_ASSIGN(const bool found, row.blob(user.view()).blob(id.view()).step());
  if (!found) return fail(Error::not_found, "no such computer");
  if (row.number_at(9) != 0)
    return fail(Error::state_forbidden, "this computer was retired from the account");
  Computer computer;
  computer.id = id;
  computer.device_spki = row.blob_at(0);
  computer.name = row.text_at(1);
  computer.serial = row.text_at(2);
  computer.fit = row.text_at(3);
  computer.last_seen = row.number_at(4);
  computer.generation = row.u32_at(5);
  computer.issued = row.u32_at(6);
  computer.used = row.u32_at(7);
  computer.rotate_asked = row.number_at(8);
  TRY_ASSIGN(const auto seals, officer_seals(database, user, id, computer.generation));
  for (const OfficerSeal& seal : seals)
    computer.officers.push_back(seal.name);
  return computer;
}

}  // namespace cardea::server::sql
