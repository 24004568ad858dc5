// SPDX-License-Identifier: Apache-2.0
// Guess counters, sessions, used tokens and nonces.
#include "server/store/sql/generations.h"
#include "server/store/sql/guesses.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

// The card may have been suspended between the check of its signature and now.
Status check_card(Connection& database, const Session& session) {
  if (!session.card) return {};
  TRY_ASSIGN(const Card card, find_card(database, *session.card));
  if (card.user != session.user || card.state != CardState::active) return fail(Error::card_revoked);
  return {};
}

Status spend_generation(Connection& database, const OpenSession& command) {
  if (!command.cancel_generation || !command.session.computer) return {};
  TRY_ASSIGN(const auto generation, find_generation(database, command.session.user, *command.session.computer,
                                                    *command.cancel_generation));
  if (!generation ||
      (generation->state != GenerationState::current && generation->state != GenerationState::pending)) {
    return fail(Error::state_forbidden, "this access key has been cancelled");
  }
  return cancel_generation(database, *generation);
}

Status insert_session(Connection& database, const Session& session) {
  TRY_ASSIGN(
      auto insert,
      database.prepare("INSERT INTO sessions(session_id, user_id, level, is_hmac, key, card_id, computer_id, "
                       "expires_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  insert.blob(session.id.view()).blob(session.user.view()).number(static_cast<std::int64_t>(session.level));
  insert.number(std::int64_t{session.is_hmac ? 1 : 0}).blob(session.key);
  session.card ? insert.blob(session.card->view()) : insert.null();
  session.computer ? insert.blob(session.computer->view()) : insert.null();
  return insert.number(session.expires_at).run();
}

}  // namespace

Result<GuessCount> read_count(Connection& database, std::string_view subject) {
  TRY_ASSIGN(auto row, database.prepare("SELECT count, last FROM guesses WHERE subject=?1"));
  TRY_ASSIGN(const bool found, row.text(subject).step());
  return found ? GuessCount{row.u32_at(0), row.number_at(1)} : GuessCount{};
}

Status add_guess(Connection& database, std::string_view subject, UnixSeconds now) {
  TRY_ASSIGN(auto row, database.prepare(
                           "INSERT INTO guesses(subject, count, last) VALUES(?1, 1, ?2) "
                           "ON CONFLICT(subject) DO UPDATE SET count=guesses.count+1, last=excluded.last"));
  return row.text(subject).number(now).run();
}

Status clear_guesses(Connection& database, std::string_view subject) {
  if (subject.empty()) return {};
  TRY_ASSIGN(auto row, database.prepare("DELETE FROM guesses WHERE subject=?1"));
  return row.text(subject).run();
}

Status use_token(Connection& database, const Digest& token, UnixSeconds expires_at) {
  TRY_ASSIGN(auto insert, database.prepare("INSERT INTO used_tokens(token, expires_at) VALUES(?1, ?2)"));
  const Status status = insert.blob(token).number(expires_at).run();
  if (!status.ok() && status.error() == Error::already_exists) return fail(Error::replayed);
  return status;
}

Result<GuessDecision> SqlStore::charge_guess(const ChargeGuess& command) {
  return write([&](Connection& database) -> Result<GuessDecision> {
    for (const auto& subject : command.subjects) {
      TRY_ASSIGN(const GuessCount count, read_count(database, subject.name));
      const GuessDecision decision = subject.decide(count, command.now);
      if (!decision.allowed) return decision;
    }
    for (const auto& subject : command.subjects)
      TRY(add_guess(database, subject.name, command.now));
    return GuessDecision{true, false, 0};
  });
}

Status SqlStore::open_session(const OpenSession& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY(use_token(database, command.token, command.token_expires_at));
    TRY(check_card(database, command.session));
    TRY(spend_generation(database, command));
    TRY(insert_session(database, command.session));
    TRY(clear_guesses(database, command.clear_guesses));
    TRY(append_audit(database, command.session.user, command.audit, now));
    return note_work_day(database, command.session.user, command.region, now);
  });
}

Status SqlStore::raise_session(const RaiseSession& command, UnixSeconds now) {
  return write([&](Connection& database) -> Status {
    TRY(use_token(database, command.token, command.token_expires_at));
    UserId user;
    {
      TRY_ASSIGN(auto update,
                 database.prepare("UPDATE sessions SET level=?2 WHERE session_id=?1 AND expires_at>?3 "
                                  "RETURNING user_id"));
      update.blob(command.session.view()).number(static_cast<std::int64_t>(command.level)).number(now);
      TRY_ASSIGN(const bool found, update.step());
      if (!found) return fail(Error::session_expired);
      user = id_at<UserId>(update, 0);
      TRY(update.step());
    }
    TRY(clear_guesses(database, command.clear_guesses));
    TRY(append_audit(database, user, command.audit, now));
    return {};
  });
}

Status SqlStore::end_session(const SessionId& id) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(auto row, database.prepare("DELETE FROM sessions WHERE session_id=?1"));
    return row.blob(id.view()).run();
  });
}

Status SqlStore::spend_token(const Digest& token, UnixSeconds expires_at) {
  return write([&](Connection& database) { return use_token(database, token, expires_at); });
}

Result<Session> SqlStore::get_session(const SessionId& id, UnixSeconds now) {
  return read([&](Connection& database) -> Result<Session> {
    TRY_ASSIGN(auto row,
               database.prepare("SELECT user_id, level, is_hmac, key, card_id, computer_id, expires_at "
                                "FROM sessions WHERE session_id=?1 AND expires_at>?2"));
    TRY_ASSIGN(const bool found, row.blob(id.view()).number(now).step());
    if (!found) return fail(Error::not_found, "no such session");
    Session session;
    session.id = id;
    session.user = id_at<UserId>(row, 0);
    session.level = static_cast<SessionLevel>(row.number_at(1));
    session.is_hmac = row.number_at(2) != 0;
    session.key = row.blob_at(3);
    if (!row.null_at(4)) session.card = id_at<CardId>(row, 4);
    if (!row.null_at(5)) session.computer = id_at<ComputerId>(row, 5);
    session.expires_at = row.number_at(6);
    return session;
  });
}

void SqlStore::remember_nonce(const Digest& nonce, UnixSeconds now) {
  write_later([nonce, now](Connection& database) -> Status {
    TRY_ASSIGN(auto insert,
               database.prepare("INSERT INTO nonces(nonce, seen) VALUES(?1, ?2) ON CONFLICT DO NOTHING"));
    return insert.blob(nonce).number(now).run();
  });
}

Result<std::vector<Digest>> SqlStore::nonces_since(UnixSeconds since) {
  return read([&](Connection& database) -> Result<std::vector<Digest>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT nonce FROM nonces WHERE seen>=?1"));
    row.number(since);
    std::vector<Digest> nonces;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return nonces;
      nonces.push_back(row.array_at<32>(0));
    }
  });
}

}  // namespace cardea::server::sql
