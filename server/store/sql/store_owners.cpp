// SPDX-License-Identifier: Apache-2.0
// What an owner does to his computers from afar.
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

// Of the computer's keys nothing stays at the server but the numbers that were used up.
Status end_computer(Connection& database, const RetireComputer& command, UnixSeconds now) {
  const ByteView user = command.user.view();
  const ByteView computer = command.computer.view();
  TRY_ASSIGN(auto enrolment, database.prepare("UPDATE enrolments SET retired=?3, rotate_asked=0 "
                                              "WHERE user_id=?1 AND computer_id=?2"));
  TRY(enrolment.blob(user).blob(computer).number(now).run());
  TRY_ASSIGN(auto generations, database.prepare("UPDATE generations SET state='cancelled', seal=?3 "
                                                "WHERE user_id=?1 AND computer_id=?2"));
  TRY(generations.blob(user).blob(computer).blob({}).run());
  TRY_ASSIGN(auto officers,
             database.prepare("DELETE FROM officer_seals WHERE user_id=?1 AND computer_id=?2"));
  TRY(officers.blob(user).blob(computer).run());
  TRY_ASSIGN(auto holders, database.prepare("DELETE FROM holders WHERE user_id=?1 AND ref=?2 "
                                            "AND kind IN ('recovery', 'computer')"));
  const std::string ref = command.computer.text();
  TRY(holders.blob(user).text(ref).run());
  TRY_ASSIGN(auto sessions, database.prepare("DELETE FROM sessions WHERE user_id=?1 AND computer_id=?2"));
  return sessions.blob(user).blob(computer).run();
}

}  // namespace

Result<Outcome<Computer>> SqlStore::ask_for_keys(const Change<Computer>& change, const AskForKeys& command) {
  return apply(change, [&](Connection& database) -> Result<Computer> {
    TRY_ASSIGN(const Computer computer, find_computer(database, command.user, command.computer));
    if (computer.rotate_asked != 0) return computer;
    TRY_ASSIGN(auto update, database.prepare("UPDATE enrolments SET rotate_asked=?3 "
                                             "WHERE user_id=?1 AND computer_id=?2"));
    TRY(update.blob(command.user.view()).blob(command.computer.view()).number(change.now).run());
    TRY(append_audit(database, command.user, command.audit, change.now));
    return find_computer(database, command.user, command.computer);
  });
}

Result<Outcome<Retired>> SqlStore::retire_computer(const Change<Retired>& change,
                                                   const RetireComputer& command) {
  return apply(change, [&](Connection& database) -> Result<Retired> {
    TRY_ASSIGN(const Computer computer, find_computer(database, command.user, command.computer));
    TRY(end_computer(database, command, change.now));
    // Its name is known nowhere else from now on.
    AuditNote note = command.audit;
    api::Json::Object details =
        note.details.object() != nullptr ? *note.details.object() : api::Json::Object{};
    details.emplace_back("name", computer.name);
    note.details = std::move(details);
    TRY(append_audit(database, command.user, note, change.now));
    return Retired{};
  });
}

}  // namespace cardea::server::sql
