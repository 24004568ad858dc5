// SPDX-License-Identifier: Apache-2.0
// Access-key generations (docs/spec/access-key.md): begun, pending, current, cancelled. Between PREPARE and
// COMMIT both the pending and the current one open the computer, so that a crash at any point leaves a key
// that works. A user who may not be changed now is refused by append_audit or user_epoch (rows.h).
#include "server/store/sql/generations.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

#define GENERATION_COLUMNS "generation, state, seal, check_k0, login_public, issued, used"

Generation read_generation(const Statement& row, const UserId& user, const ComputerId& computer) {
  Generation generation;
  generation.user = user;
  generation.computer = computer;
  generation.number = row.u32_at(0);
  generation.state = generation_state(row.text_at(1)).value_or(GenerationState::cancelled);
  generation.seal = row.blob_at(2);
  generation.check_k0 = row.blob_at(3);
  generation.login_public = row.blob_at(4);
  generation.issued = row.u32_at(5);
  generation.used = row.u32_at(6);
  return generation;
}

Result<std::optional<Generation>> generation_in(Connection& database, const char* sql, const UserId& user,
                                                const ComputerId& computer) {
  TRY_ASSIGN(auto row, database.prepare(sql));
  TRY_ASSIGN(const bool found, row.blob(user.view()).blob(computer.view()).step());
  return found ? std::optional<Generation>(read_generation(row, user, computer)) : std::nullopt;
}

Result<std::optional<Generation>> pending_generation(Connection& database, const UserId& user,
                                                     const ComputerId& computer) {
  return generation_in(database,
                       "SELECT " GENERATION_COLUMNS
                       " FROM generations WHERE user_id=?1 AND computer_id=?2 AND state='pending'",
                       user, computer);
}

Status set_state(Connection& database, const Generation& generation, GenerationState state) {
  TRY_ASSIGN(auto update, database.prepare("UPDATE generations SET state=?4 "
                                           "WHERE user_id=?1 AND computer_id=?2 AND generation=?3"));
  update.blob(generation.user.view()).blob(generation.computer.view()).number(generation.number);
  return update.text(name_of(state)).run();
}

// The chain seed is drawn anew for each PREPARE: with the owner's seal the officers' are the same, too.
bool same_content(const Generation& generation, const PrepareGeneration& command) {
  return generation.seal == command.seal && generation.check_k0 == command.check_k0 &&
         generation.login_public == command.login_public;
}

Status fill_generation(Connection& database, const PrepareGeneration& command) {
  TRY_ASSIGN(auto update,
             database.prepare("UPDATE generations SET state='pending', seal=?4, check_k0=?5, "
                              "login_public=?6 WHERE user_id=?1 AND computer_id=?2 AND generation=?3"));
  update.blob(command.user.view()).blob(command.computer.view()).number(command.number);
  return update.blob(command.seal).blob(command.check_k0).blob(command.login_public).run();
}

// What the owner asked for is there.
Status fulfil_request(Connection& database, const Generation& generation) {
  TRY_ASSIGN(auto update,
             database.prepare("UPDATE enrolments SET rotate_asked=0 WHERE user_id=?1 AND computer_id=?2"));
  return update.blob(generation.user.view()).blob(generation.computer.view()).run();
}

}  // namespace

Result<std::optional<Generation>> find_generation(Connection& database, const UserId& user,
                                                  const ComputerId& computer, std::uint32_t number) {
  TRY_ASSIGN(auto row,
             database.prepare("SELECT " GENERATION_COLUMNS
                              " FROM generations WHERE user_id=?1 AND computer_id=?2 AND generation=?3"));
  TRY_ASSIGN(const bool found, row.blob(user.view()).blob(computer.view()).number(number).step());
  return found ? std::optional<Generation>(read_generation(row, user, computer)) : std::nullopt;
}

Result<std::optional<Generation>> current_generation(Connection& database, const UserId& user,
                                                     const ComputerId& computer) {
  return generation_in(database,
                       "SELECT " GENERATION_COLUMNS
                       " FROM generations WHERE user_id=?1 AND computer_id=?2 AND state='current'",
                       user, computer);
}

Status cancel_generation(Connection& database, const Generation& generation) {
  TRY_ASSIGN(auto update, database.prepare("UPDATE generations SET state='cancelled', seal=?4 "
                                           "WHERE user_id=?1 AND computer_id=?2 AND generation=?3"));
  update.blob(generation.user.view()).blob(generation.computer.view());
  TRY(update.number(generation.number).blob({}).run());
  return remove_officer_seals(database, generation);
}

Result<Issued> issue_next(Connection& database, const IssueAccessKey& command, UnixSeconds now) {
  TRY(find_computer(database, command.user, command.computer));
  TRY_ASSIGN(auto generation, current_generation(database, command.user, command.computer));
  if (!generation) return fail(Error::state_forbidden, "no access key has been prepared for this computer");
  const std::uint32_t index = generation->issued + 1;
  if (index > command.max_index || index - generation->used > command.max_ahead) {
    return fail(Error::access_key_exhausted, "too many access keys were issued and not used");
  }
  TRY_ASSIGN(auto update, database.prepare("UPDATE generations SET issued=?4 "
                                           "WHERE user_id=?1 AND computer_id=?2 AND generation=?3"));
  update.blob(command.user.view()).blob(command.computer.view()).number(generation->number);
  TRY(update.number(index).run());
  AuditNote note = command.audit;
  api::Json::Object details = note.details.object() != nullptr ? *note.details.object() : api::Json::Object{};
  details.emplace_back("generation", generation->number);
  details.emplace_back("index", index);
  note.details = std::move(details);
  TRY(append_audit(database, command.user, note, now));
  Issued out;
  out.index = index;
  generation->issued = index;
  out.generation = std::move(*generation);
  TRY_ASSIGN(out.computer, find_computer(database, command.user, command.computer));
  return out;
}

Result<Generation> SqlStore::get_generation(const UserId& user, const ComputerId& computer,
                                            std::uint32_t number) {
  return read([&](Connection& database) -> Result<Generation> {
    TRY_ASSIGN(auto generation, find_generation(database, user, computer, number));
    if (!generation) return fail(Error::not_found, "no such generation");
    return std::move(*generation);
  });
}

Result<Outcome<Generation>> SqlStore::begin_generation(const Change<Generation>& change, const UserId& user,
                                                       const ComputerId& computer) {
  return apply(change, [&](Connection& database) -> Result<Generation> {
    TRY(user_epoch(database, user));
    TRY(find_computer(database, user, computer));
    TRY_ASSIGN(auto drop, database.prepare("DELETE FROM generations WHERE user_id=?1 AND computer_id=?2 "
                                           "AND state='begun'"));
    TRY(drop.blob(user.view()).blob(computer.view()).run());
    // The cancelled ones stay in the table, so a number is never used for two chains.
    TRY_ASSIGN(
        auto insert,
        database.prepare("INSERT INTO generations(user_id, computer_id, generation, state, created) "
                         "SELECT ?1, ?2, coalesce(max(generation), 0) + 1, 'begun', ?3 FROM generations "
                         "WHERE user_id=?1 AND computer_id=?2 RETURNING generation"));
    TRY_ASSIGN(const bool made, insert.blob(user.view()).blob(computer.view()).number(change.now).step());
    if (!made) return fail(Error::internal, "no generation was made");
    Generation generation;
    generation.user = user;
    generation.computer = computer;
    generation.number = insert.u32_at(0);
    TRY_ASSIGN(const bool more, insert.step());
    if (more) return fail(Error::internal, "two generations were made");
    return generation;
  });
}

Result<Outcome<Generation>> SqlStore::prepare_generation(const Change<Generation>& change,
                                                         const PrepareGeneration& command) {
  return apply(change, [&](Connection& database) -> Result<Generation> {
    TRY(user_epoch(database, command.user));
    TRY_ASSIGN(auto generation, find_generation(database, command.user, command.computer, command.number));
    if (!generation) return fail(Error::not_found, "no such generation");
    if (generation->state == GenerationState::pending && same_content(*generation, command))
      return *generation;
    if (generation->state != GenerationState::begun) {
      return fail(Error::state_forbidden, "this generation is not being made");
    }
    TRY_ASSIGN(const auto older, pending_generation(database, command.user, command.computer));
    if (older) TRY(cancel_generation(database, *older));
    TRY(fill_generation(database, command));
    TRY(put_officer_seals(database, command));
    TRY_ASSIGN(generation, find_generation(database, command.user, command.computer, command.number));
    return *generation;
  });
}

Result<Outcome<Generation>> SqlStore::commit_generation(const Change<Generation>& change,
                                                        const CommitGeneration& command) {
  return apply(change, [&](Connection& database) -> Result<Generation> {
    TRY_ASSIGN(auto generation, find_generation(database, command.user, command.computer, command.number));
    if (!generation) return fail(Error::not_found, "no such generation");
    if (!equal_constant_time(generation->check_k0, command.check_k0)) {
      return fail(Error::server_conflict, "the check value differs from the prepared one");
    }
    if (generation->state == GenerationState::current) return *generation;  // the answer was lost
    if (generation->state != GenerationState::pending) {
      return fail(Error::state_forbidden, "this generation is not pending");
    }
    TRY_ASSIGN(const auto old, current_generation(database, command.user, command.computer));
    if (old) TRY(cancel_generation(database, *old));
    TRY(set_state(database, *generation, GenerationState::current));
    TRY(fulfil_request(database, *generation));
    TRY(append_audit(database, command.user, command.audit, change.now));
    generation->state = GenerationState::current;
    return *generation;
  });
}

Result<Outcome<Issued>> SqlStore::issue_access_key(const Change<Issued>& change,
                                                   const IssueAccessKey& command) {
  return apply(change, [&](Connection& database) { return issue_next(database, command, change.now); });
}

}  // namespace cardea::server::sql
