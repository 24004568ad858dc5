// SPDX-License-Identifier: Apache-2.0
// Card states and the replacement transaction (docs/spec/server-protocol.md, "Reasons and what they touch").
#include "server/store/sql/card_changes.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

bool may_change(CardState from, CardState to) {
  switch (to) {
    case CardState::suspended:
      return from == CardState::active;
    case CardState::active:
      return from == CardState::suspended;
    case CardState::revoked:
      return from != CardState::revoked;
  }
  return false;
}

Status write_state(Connection& database, const CardId& id, CardState state, std::string_view reason,
                   UnixSeconds now) {
  TRY_ASSIGN(auto update,
             database.prepare("UPDATE cards SET state=?2, reason=?3, version=version+1, since=?4 "
                              "WHERE card_id=?1"));
  return update.blob(id.view()).text(name_of(state)).text(reason).number(now).run();
}

// What ends with a card that is suspended or revoked.
Status end_card(Connection& database, const UserId& user, const CardId& card, CardState state) {
  TRY_ASSIGN(auto sessions, database.prepare("DELETE FROM sessions WHERE user_id=?1 AND card_id=?2"));
  TRY(sessions.blob(user.view()).blob(card.view()).run());
  if (state != CardState::revoked) return {};
  TRY_ASSIGN(auto holder,
             database.prepare("DELETE FROM holders WHERE user_id=?1 AND kind='card' AND ref=?2"));
  const std::string ref = card.text();
  return holder.blob(user.view()).text(ref).run();
}

Status run_for_user(Connection& database, const char* sql, const UserId& user) {
  TRY_ASSIGN(auto statement, database.prepare(sql));
  return statement.blob(user.view()).run();
}

Result<std::vector<CardId>> revoke_all_cards(Connection& database, const UserId& user,
                                             std::string_view reason, UnixSeconds now) {
  TRY_ASSIGN(const auto cards, cards_of(database, user));
  std::vector<CardId> revoked;
  for (const Card& card : cards) {
    if (card.state == CardState::revoked) continue;
    TRY(write_state(database, card.id, CardState::revoked, reason, now));
    revoked.push_back(card.id);
  }
  return revoked;
}

// An access key opens its own computer once, so it brings one card into one place: the session forgets its
// computer with the first replacement. It stays open for the retry after a lost answer.
Status spend_session(Connection& database, const ReplaceCard& command) {
  TRY_ASSIGN(auto update, database.prepare("UPDATE sessions SET computer_id=NULL WHERE session_id=?1 AND "
                                           "computer_id=?2 RETURNING session_id"));
  TRY_ASSIGN(const bool found, update.blob(command.session.view()).blob(command.computer.view()).step());
  if (!found) return fail(Error::permission_denied, "no unspent access-key session of this computer");
  TRY(update.step());
  return {};
}

Status replace_keys(Connection& database, const ReplaceCard& command) {
  const UserId& user = command.user;
  TRY(run_for_user(database, "DELETE FROM holders WHERE user_id=?1", user));
  for (const Holder& holder : command.holders)
    TRY(insert_holder(database, user, holder));
  {
    TRY_ASSIGN(auto seal,
               database.prepare("INSERT INTO epoch_seals(user_id, epoch, envelope) VALUES(?1, ?2, ?3)"));
    TRY(seal.blob(user.view()).number(command.expected_epoch).blob(command.epoch_seal).run());
  }
  TRY_ASSIGN(auto update, database.prepare("UPDATE users SET epoch=?2, signer=?3 WHERE user_id=?1"));
  TRY(update.blob(user.view()).number(command.expected_epoch + 1).blob(command.card.id.view()).run());
  if (!command.sheet_check.empty()) {
    TRY_ASSIGN(auto sheet, database.prepare("UPDATE users SET sheet_check=?2 WHERE user_id=?1"));
    TRY(sheet.blob(user.view()).blob(command.sheet_check).run());
  }
  // An access key could otherwise still open a computer in the name of the old card.
  TRY_ASSIGN(auto generations, database.prepare("UPDATE generations SET state='cancelled', seal=?2 "
                                                "WHERE user_id=?1 AND state<>'cancelled'"));
  TRY(generations.blob(user.view()).blob({}).run());
  TRY(run_for_user(database, "DELETE FROM officer_seals WHERE user_id=?1", user));
  TRY_ASSIGN(auto sessions, database.prepare("DELETE FROM sessions WHERE user_id=?1 AND session_id<>?2"));
  return sessions.blob(user.view()).blob(command.session.view()).run();
}

}  // namespace

Status change_card(Connection& database, const UserId& user, const CardId& card, CardState state,
                   std::string_view reason, UnixSeconds now) {
  TRY(write_state(database, card, state, reason, now));
  return state == CardState::active ? Status() : end_card(database, user, card, state);
}

Result<Card> change_card_state(Connection& database, const SetCardState& command, UnixSeconds now) {
  TRY_ASSIGN(const Card card, find_card(database, command.card));
  if (card.user != command.user) return fail(Error::not_found, "no such card");
  if (card.version != command.expected_version)
    return fail(Error::precondition_failed, "the card has changed");
  if (!may_change(card.state, command.state)) {
    return fail(Error::state_forbidden,
                std::string("a card can't go from ") + name_of(card.state) + " to " + name_of(command.state));
  }
  TRY(change_card(database, command.user, card.id, command.state, command.reason, now));
  TRY(append_audit(database, command.user, command.audit, now));
  return find_card(database, command.card);
}

Result<std::vector<Card>> SqlStore::cards(const UserId& user) {
  return read([&](Connection& database) { return cards_of(database, user); });
}

Result<Card> SqlStore::get_card(const CardId& id) {
  return read([&](Connection& database) { return find_card(database, id); });
}

Result<Outcome<Card>> SqlStore::set_card_state(const Change<Card>& change, const SetCardState& command) {
  return apply(change,
               [&](Connection& database) { return change_card_state(database, command, change.now); });
}

Result<Outcome<Replaced>> SqlStore::replace_card(const Change<Replaced>& change, const ReplaceCard& command) {
  return apply(change, [&](Connection& database) -> Result<Replaced> {
    if (command.spends_session) TRY(spend_session(database, command));
    TRY_ASSIGN(const std::uint32_t epoch, user_epoch(database, command.user));
    if (epoch != command.expected_epoch)
      return fail(Error::precondition_failed, "the user's epoch is another one");
    TRY(find_computer(database, command.user, command.computer));
    Replaced out;
    out.epoch = epoch + 1;
    TRY_ASSIGN(out.revoked, revoke_all_cards(database, command.user, command.reason, change.now));
    TRY(insert_card(database, command.card));
    TRY(replace_keys(database, command));
    TRY_ASSIGN(out.audit, append_audit(database, command.user, command.audit, change.now));
    return out;
  });
}

}  // namespace cardea::server::sql
