// SPDX-License-Identifier: Apache-2.0
// What the code of the recovery sheet does without a session.
#include "server/store/sql/card_changes.h"
#include "server/store/sql/guesses.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

AuditNote note_of(const SheetProof& proof, const char* purpose) {
  return {"sheet-used", api::Json::Object{{"for", purpose}, {"from", proof.from}}};
}

AuditNote suspension(const SheetProof& proof, const Card& card) {
  return {"card-state", api::Json::Object{{"card", card.id.text()},
                                          {"state", name_of(CardState::suspended)},
                                          {"reason", "lost"},
                                          {"level", "sheet"},
                                          {"from", proof.from}}};
}

}  // namespace

Result<CardsSuspended> SqlStore::suspend_all_cards(const SheetProof& proof, UnixSeconds now) {
  return write([&](Connection& database) -> Result<CardsSuspended> {
    TRY(use_token(database, proof.token, proof.token_expires_at));
    TRY(append_audit(database, proof.user, note_of(proof, "suspend"), now));
    TRY_ASSIGN(const auto cards, cards_of(database, proof.user));
    CardsSuspended out;
    for (const Card& card : cards) {
      if (card.state == CardState::revoked) continue;
      ++out.suspended;
      if (card.state == CardState::suspended) continue;
      TRY(change_card(database, proof.user, card.id, CardState::suspended, "lost", now));
      TRY(append_audit(database, proof.user, suspension(proof, card), now));
      ++out.changed;
    }
    return out;
  });
}

Result<Reopened> SqlStore::reopen_account(const ReopenAccount& command, UnixSeconds now) {
  return write([&](Connection& database) -> Result<Reopened> {
    TRY(use_token(database, command.proof.token, command.proof.token_expires_at));
    TRY(audit_point(database, command.proof.user));  // nothing to forget or not, he must be at home here
    TRY_ASSIGN(const GuessCount wrong, read_count(database, command.guesses));
    if (wrong.count == 0) return Reopened{};
    TRY_ASSIGN(const GuessCount before, read_count(database, command.budget.name));
    const GuessDecision decision = command.budget.decide(before, now);
    if (!decision.allowed) return Reopened{false, decision.wait_seconds};
    TRY(add_guess(database, command.budget.name, now));
    TRY(clear_guesses(database, command.guesses));
    TRY(append_audit(database, command.proof.user, note_of(command.proof, "reopen"), now));
    return Reopened{true, 0};
  });
}

}  // namespace cardea::server::sql
