// SPDX-License-Identifier: Apache-2.0
// What several commands of the stores need: reading rows into values, stored answers, the audit chain.
#pragma once

#include "server/store/admin_commands.h"
#include "server/store/commands.h"
#include "server/store/regions.h"
#include "server/store/sql/connection.h"

namespace cardea::server::sql {

// A NULL or a number out of range in a row means a damaged database, not a wrong request.
template <typename Id>
Id id_at(const Statement& statement, int column) {
  return Id(statement.array_at<Id::kSize>(column));
}

// The account as it is compared: without case.
std::string account_key(std::string_view account);

Result<std::optional<StoredAnswer>> find_stored_answer(Connection& database, const Once& once);
Status keep_answer(Connection& database, const Once& once, const StoredAnswer& answer, UnixSeconds now);

// The state in a column that is HOME_STATE, for a user who is to be changed: timeout while he is frozen or
// arriving, moved_away() when he is_away().
Status check_home(const Statement& row, int column, const UserId& user);
#define HOME_STATE                                                                            \
  "(SELECT CASE WHEN state='arriving' AND length(forward)>0 THEN 'gone' ELSE state END FROM " \
  "homes WHERE homes.user_id=users.user_id)"

// Gives the owner (a user, or a group) his number for ever, or finds the one he has.
Result<std::uint32_t> give_unix_id(Connection& database, ByteView owner);

// Appends to the user's chain and the global one; returns the new end of the user's.
Result<AuditPoint> append_audit(Connection& database, const UserId& user, const AuditNote& note,
                                UnixSeconds now);
// Writes one event behind the last one of all users.
Status insert_audit(Connection& database, const UserId& user, const AuditEvent& event);
// Both are for changes: they fail for a user who may not be changed now (check_home).
Result<AuditPoint> audit_point(Connection& database, const UserId& user);
// Appends to the administration's chain; returns its new end.
Result<AuditPoint> append_admin_audit(Connection& database, const AdminNote& note, UnixSeconds now);
Result<AuditPoint> admin_audit_point(Connection& database);
// Sets a policy and tells it; `details` is what else the event says.
Status change_policy_value(Connection& database, const SetPolicy& command, api::Json::Object details,
                           UnixSeconds now);
Result<std::uint32_t> user_epoch(Connection& database, const UserId& user);
// A day of somebody who wants his days recorded; for nobody else, and not for an empty region.
Status note_work_day(Connection& database, const UserId& user, std::string_view region, UnixSeconds now);

Result<Card> find_card(Connection& database, const CardId& id);
Result<std::vector<Card>> cards_of(Connection& database, const UserId& user);
// As SqlStore::set_card_state.
Result<Card> change_card_state(Connection& database, const SetCardState& command, UnixSeconds now);
// A user with his first card and computer. account_exists; already_exists.
Result<Registered> insert_registered(Connection& database, const RegisterUser& command, UnixSeconds now);
Status insert_card(Connection& database, const Card& card);
Status insert_holder(Connection& database, const UserId& user, const Holder& holder);
// Makes the computer known and enrols it for the user, also one that was retired; already_exists when it is
// enrolled.
Status insert_computer(Connection& database, const UserId& user, const Computer& computer, UnixSeconds now);
// state_forbidden when the computer was retired.
Result<Computer> find_computer(Connection& database, const UserId& user, const ComputerId& id);

}  // namespace cardea::server::sql
