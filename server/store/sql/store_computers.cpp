// SPDX-License-Identifier: Apache-2.0
// Computers and their daily fit check.
#include "server/store/sql/generations.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

// Compares what the computer has with what the server has (3-keys section 3.4). The pending generation fits
// as well as the current one: the computer may have stored it before its COMMIT reached us.
std::string fit_of(const std::optional<Generation>& generation, const CheckIn& command) {
  if (command.generation == 0) return "none";
  if (!generation) return "mismatch";
  const bool live =
      generation->state == GenerationState::current || generation->state == GenerationState::pending;
  const bool same = equal_constant_time(generation->check_k0, command.check_k0);
  return live && same && command.used <= generation->issued ? "ok" : "mismatch";
}

Status note_check_in(Connection& database, const CheckIn& command, const std::string& fit, UnixSeconds now) {
  TRY_ASSIGN(auto seen, database.prepare("UPDATE enrolments SET last_seen=?3, fit=?4, gate=?5, "
                                         "program=?6 WHERE user_id=?1 AND computer_id=?2"));
  seen.blob(command.user.view()).blob(command.computer.view()).number(now).text(fit);
  TRY(seen.text(command.gate).number(command.program).run());
  if (fit != "ok") return {};
  // A counter that goes back would make room for more keys than were used.
  TRY_ASSIGN(auto used,
             database.prepare("UPDATE generations SET used=CASE WHEN used<?4 THEN ?4 ELSE used END "
                              "WHERE user_id=?1 AND computer_id=?2 AND generation=?3"));
  used.blob(command.user.view()).blob(command.computer.view()).number(command.generation);
  return used.number(command.used).run();
}

}  // namespace

Result<Bytes> SqlStore::device_key(const ComputerId& id) {
  return read([&](Connection& database) -> Result<Bytes> {
    TRY_ASSIGN(auto row, database.prepare("SELECT device_spki FROM computers WHERE computer_id=?1"));
    TRY_ASSIGN(const bool found, row.blob(id.view()).step());
    if (!found) return fail(Error::not_found, "no such computer");
    return row.blob_at(0);
  });
}

Result<std::vector<Computer>> SqlStore::computers(const UserId& user) {
  return read([&](Connection& database) -> Result<std::vector<Computer>> {
    std::vector<ComputerId> ids;
    {
      TRY_ASSIGN(auto row, database.prepare("SELECT computer_id FROM enrolments WHERE user_id=?1 AND "
                                            "retired=0 ORDER BY created"));
      row.blob(user.view());
      for (;;) {
        TRY_ASSIGN(const bool found, row.step());
        if (!found) break;
        ids.push_back(id_at<ComputerId>(row, 0));
      }
    }
    std::vector<Computer> computers;
    for (const ComputerId& id : ids) {
      TRY_ASSIGN(auto computer, find_computer(database, user, id));
      computers.push_back(std::move(computer));
    }
    return computers;
  });
}

Result<Computer> SqlStore::get_computer(const UserId& user, const ComputerId& id) {
  return read([&](Connection& database) { return find_computer(database, user, id); });
}

Result<Outcome<Computer>> SqlStore::add_computer(const Change<Computer>& change, const AddComputer& command) {
  return apply(change, [&](Connection& database) -> Result<Computer> {
    TRY_ASSIGN(const std::uint32_t epoch, user_epoch(database, command.user));
    TRY(insert_computer(database, command.user, command.computer, change.now));
    for (const Holder& holder : command.holders) {
      if (holder.epoch != epoch) return fail(Error::server_conflict, "the user's epoch is another one");
      TRY(insert_holder(database, command.user, holder));
    }
    TRY(append_audit(database, command.user, command.audit, change.now));
    return find_computer(database, command.user, command.computer.id);
  });
}

Result<Outcome<CheckedIn>> SqlStore::check_in(const Change<CheckedIn>& change, const CheckIn& command) {
  return apply(change, [&](Connection& database) -> Result<CheckedIn> {
    TRY(find_computer(database, command.user, command.computer));
    TRY_ASSIGN(const auto named,
               find_generation(database, command.user, command.computer, command.generation));
    CheckedIn out;
    out.fit = fit_of(named, command);
    TRY(note_check_in(database, command, out.fit, change.now));
    TRY_ASSIGN(const Computer computer, find_computer(database, command.user, command.computer));
    out.generation = computer.generation;
    out.issued = computer.issued;
    // After a use, when its owner asks for it, and whenever there is no key that opens this computer.
    out.rotate =
        computer.generation == 0 || out.fit != "ok" || computer.used > 0 || computer.rotate_asked > 0;
    TRY(note_work_day(database, command.user, command.region, change.now));
    TRY_ASSIGN(out.cards, cards_of(database, command.user));
    TRY_ASSIGN(const auto seals,
               officer_seals(database, command.user, command.computer, computer.generation));
    for (const OfficerSeal& seal : seals)
      out.officers.push_back(seal.officer);
    TRY_ASSIGN(out.epoch, user_epoch(database, command.user));
    TRY_ASSIGN(out.audit, audit_point(database, command.user));
    return out;
  });
}

}  // namespace cardea::server::sql
