// SPDX-License-Identifier: Apache-2.0
// What officers do for a user (docs/spec/officers.md): asked, decided by a second one, carried out. Each step
// is an event in the user's chain.
#include "server/store/sql/generations.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

OfficerRequest read_request(const Statement& row) {
  OfficerRequest request;
  request.id = id_at<RequestId>(row, 0);
  request.kind = officer_request_kind(row.text_at(1)).value_or(OfficerRequestKind::access_key);
  // An unknown word, which the schema excludes, must not read as permitted.
  request.state = officer_request_state(row.text_at(2)).value_or(OfficerRequestState::declined);
  request.user = id_at<UserId>(row, 3);
  request.account = row.text_at(4);
  if (!row.null_at(5)) request.computer = id_at<ComputerId>(row, 5);
  request.computer_name = row.text_at(6);
  if (!row.null_at(7)) request.card = id_at<CardId>(row, 7);
  request.officer = id_at<OfficerId>(row, 8);
  request.officer_name = row.text_at(9);
  if (!row.null_at(10)) request.approver = id_at<OfficerId>(row, 10);
  request.approver_name = row.text_at(11);
  request.verified = row.text_at(12);
  request.reason = row.text_at(13);
  request.issued = row.u32_at(14);
  request.created = row.number_at(15);
  request.expires_at = row.number_at(16);
  return request;
}

#define SELECT_REQUESTS                                                                               \
  "SELECT r.request_id, r.kind, r.state, r.user_id, u.account, r.computer_id, coalesce(e.name, ''), " \
  "r.card_id, r.officer_id, o.name, r.approver_id, coalesce(a.name, ''), r.verified, r.reason, "      \
  "r.issued, r.created, r.expires_at FROM officer_requests r JOIN users u ON u.user_id=r.user_id "    \
  "JOIN officers o ON o.officer_id=r.officer_id LEFT JOIN officers a ON a.officer_id=r.approver_id "  \
  "LEFT JOIN enrolments e ON e.user_id=r.user_id AND e.computer_id=r.computer_id "

Result<OfficerRequest> find_request(Connection& database, const RequestId& id, UnixSeconds now) {
  TRY_ASSIGN(auto row, database.prepare(SELECT_REQUESTS "WHERE r.request_id=?1 AND r.expires_at>?2"));
  TRY_ASSIGN(const bool found, row.blob(id.view()).number(now).step());
  if (!found) return fail(Error::not_found, "no such request, or its hour is over");
  return read_request(row);
}

// The request of this officer that may be carried out now.
Result<OfficerRequest> approved_request(Connection& database, const RequestId& id, const OfficerId& officer,
                                        UnixSeconds now) {
  TRY_ASSIGN(OfficerRequest request, find_request(database, id, now));
  if (request.officer != officer) return fail(Error::permission_denied, "another officer has asked for this");
  if (request.state != OfficerRequestState::approved)
    return fail(Error::state_forbidden, std::string("this request is ") + name_of(request.state));
  return request;
}

// What the owner reads in his history beside who and from where.
AuditNote with_request(const AuditNote& note, const OfficerRequest& request) {
  api::Json::Object details = note.details.object() != nullptr ? *note.details.object() : api::Json::Object{};
  details.emplace_back("request", request.id.text());
  details.emplace_back("kind", name_of(request.kind));
  details.emplace_back("asked_by", request.officer_name);
  details.emplace_back("reason", request.reason);
  details.emplace_back("verified", request.verified);
  if (request.computer) details.emplace_back("computer", request.computer->text());
  if (request.card) details.emplace_back("card", request.card->text());
  if (request.approver) details.emplace_back("second", request.approver_name);
  return {note.kind, std::move(details)};
}

// In the administration's chain, beside the user's.
Status tell_admin(Connection& database, const UserId& user, const AuditNote& note, UnixSeconds now) {
  const api::Json* officer = note.details.find("officer");
  const std::string* actor = officer == nullptr ? nullptr : officer->string();
  api::Json::Object details = *note.details.object();
  details.emplace_back("user", user.text());
  TRY(append_admin_audit(database, {actor == nullptr ? "?" : *actor, note.kind, std::move(details)}, now));
  return {};
}

Status tell(Connection& database, const UserId& user, const AuditNote& note, UnixSeconds now) {
  TRY(append_audit(database, user, note, now));
  return tell_admin(database, user, note, now);
}

Status check_subject(Connection& database, const OfficerRequest& request) {
  if (request.computer) TRY(find_computer(database, request.user, *request.computer));
  if (!request.card) return {};
  TRY_ASSIGN(const Card card, find_card(database, *request.card));
  if (card.user != request.user) return fail(Error::not_found, "no such card");
  return {};
}

Status check_open(Connection& database, const UserId& user, std::size_t max_open, UnixSeconds now) {
  TRY_ASSIGN(auto row, database.prepare("SELECT count(*) FROM officer_requests WHERE user_id=?1 AND "
                                        "expires_at>?2 AND (state='waiting' OR state='approved')"));
  TRY(row.blob(user.view()).number(now).step());
  if (row.u64_at(0) >= max_open) return fail(Error::limit_exceeded, "too many requests about this account");
  return {};
}

Status insert_request(Connection& database, const OfficerRequest& request) {
  TRY_ASSIGN(auto insert,
             database.prepare("INSERT INTO officer_requests(request_id, kind, state, user_id, computer_id, "
                              "card_id, officer_id, verified, reason, created, expires_at) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  insert.blob(request.id.view()).text(name_of(request.kind)).text(name_of(request.state));
  insert.blob(request.user.view());
  request.computer ? insert.blob(request.computer->view()) : insert.null();
  request.card ? insert.blob(request.card->view()) : insert.null();
  insert.blob(request.officer.view()).text(request.verified).text(request.reason);
  return insert.number(request.created).number(request.expires_at).run();
}

Status write_state(Connection& database, const RequestId& id, OfficerRequestState state) {
  TRY_ASSIGN(auto update, database.prepare("UPDATE officer_requests SET state=?2 WHERE request_id=?1"));
  return update.blob(id.view()).text(name_of(state)).run();
}

Result<Bytes> seal_for(Connection& database, const Generation& generation, const OfficerId& officer) {
  TRY_ASSIGN(auto row, database.prepare("SELECT seal FROM officer_seals WHERE user_id=?1 AND computer_id=?2 "
                                        "AND generation=?3 AND officer_id=?4"));
  row.blob(generation.user.view()).blob(generation.computer.view()).number(generation.number);
  TRY_ASSIGN(const bool found, row.blob(officer.view()).step());
  if (!found)
    return fail(Error::holder_missing, "this computer's access keys are not sealed for this officer");
  return row.blob_at(0);
}

Status suspend(Connection& database, const OfficerRequest& request, const CarryOut& command,
               const AuditNote& note, UnixSeconds now) {
  TRY_ASSIGN(const Card card, find_card(database, *request.card));
  SetCardState change;
  change.user = request.user;
  change.card = card.id;
  change.state = CardState::suspended;
  change.reason = command.reason;
  change.expected_version = card.version;
  change.audit = note;
  TRY(change_card_state(database, change, now));
  return {};
}

}  // namespace

Status SqlStore::note_officer(const UserId& user, const AuditNote& note, UnixSeconds now) {
  return write([&](Connection& database) -> Status { return tell(database, user, note, now); });
}

Result<bool> SqlStore::can_issue(const UserId& user, const ComputerId& computer, const OfficerId& officer) {
  return read([&](Connection& database) -> Result<bool> {
    TRY_ASSIGN(const auto generation, current_generation(database, user, computer));
    if (!generation) return false;
    const auto seal = seal_for(database, *generation, officer);
    if (seal.ok()) return true;
    return seal.error() == Error::holder_missing ? Result<bool>(false) : seal.failure();
  });
}

Result<Outcome<OfficerRequest>> SqlStore::ask_as_officer(const Change<OfficerRequest>& change,
                                                         const AskAsOfficer& command) {
  return apply(change, [&](Connection& database) -> Result<OfficerRequest> {
    TRY(check_subject(database, command.request));
    TRY(check_open(database, command.request.user, command.max_open, change.now));
    TRY(insert_request(database, command.request));
    TRY_ASSIGN(OfficerRequest request, find_request(database, command.request.id, change.now));
    TRY(tell(database, request.user, with_request(command.audit, request), change.now));
    return request;
  });
}

Result<std::vector<OfficerRequest>> SqlStore::officer_requests(UnixSeconds now) {
  return read([&](Connection& database) -> Result<std::vector<OfficerRequest>> {
    TRY_ASSIGN(auto row, database.prepare(SELECT_REQUESTS
                                          "WHERE r.expires_at>?1 AND (r.state='waiting' OR "
                                          "r.state='approved') ORDER BY r.created, r.request_id LIMIT 200"));
    row.number(now);
    std::vector<OfficerRequest> requests;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return requests;
      requests.push_back(read_request(row));
    }
  });
}

Result<Outcome<OfficerRequest>> SqlStore::decide_officer_request(const Change<OfficerRequest>& change,
                                                                 const DecideOfficerRequest& command) {
  return apply(change, [&](Connection& database) -> Result<OfficerRequest> {
    TRY_ASSIGN(OfficerRequest request, find_request(database, command.request, change.now));
    const bool own = request.officer == command.officer;
    if (own && command.approve)
      return fail(Error::permission_denied, "another officer must approve what you ask for");
    const bool open = request.state == OfficerRequestState::waiting ||
                      (own && request.state == OfficerRequestState::approved);
    if (!open) return fail(Error::state_forbidden, std::string("this request is ") + name_of(request.state));
    {
      TRY_ASSIGN(auto update, database.prepare("UPDATE officer_requests SET state=?2, approver_id=?3 "
                                               "WHERE request_id=?1"));
      update.blob(request.id.view());
      update.text(name_of(command.approve ? OfficerRequestState::approved : OfficerRequestState::declined));
      TRY(update.blob(command.officer.view()).run());
    }
    TRY_ASSIGN(request, find_request(database, command.request, change.now));
    TRY(tell(database, request.user, with_request(command.audit, request), change.now));
    return request;
  });
}

Result<Outcome<Issued>> SqlStore::issue_as_officer(const Change<Issued>& change,
                                                   const IssueAsOfficer& command) {
  return apply(change, [&](Connection& database) -> Result<Issued> {
    TRY_ASSIGN(const OfficerRequest request,
               approved_request(database, command.request, command.officer, change.now));
    if (request.kind != OfficerRequestKind::access_key || !request.computer)
      return fail(Error::state_forbidden, "this request is not about an access key");
    if (request.issued >= command.max_issues)
      return fail(Error::access_key_exhausted, "no more keys are issued for this request");
    TRY_ASSIGN(auto update,
               database.prepare("UPDATE officer_requests SET issued=issued+1 WHERE request_id=?1"));
    TRY(update.blob(request.id.view()).run());
    IssueAccessKey issue;
    issue.user = request.user;
    issue.computer = *request.computer;
    issue.max_index = command.max_index;
    issue.max_ahead = command.max_ahead;
    issue.audit = with_request(command.audit, request);
    TRY_ASSIGN(Issued issued, issue_next(database, issue, change.now));
    TRY(tell_admin(database, request.user, issue.audit, change.now));
    TRY_ASSIGN(issued.generation.seal, seal_for(database, issued.generation, command.officer));
    return issued;
  });
}

Result<Outcome<OfficerRequest>> SqlStore::carry_out(const Change<OfficerRequest>& change,
                                                    const CarryOut& command) {
  return apply(change, [&](Connection& database) -> Result<OfficerRequest> {
    TRY_ASSIGN(const OfficerRequest request,
               approved_request(database, command.request, command.officer, change.now));
    AuditNote note = with_request(command.audit, request);
    if (request.kind == OfficerRequestKind::open_account) {
      TRY_ASSIGN(auto clear, database.prepare("DELETE FROM guesses WHERE subject=?1"));
      const std::string subject = command.guesses_of(request.account);
      TRY(clear.text(subject).run());
      note.kind = "officer-opened-account";
      TRY(append_audit(database, request.user, note, change.now));
    } else if (request.kind == OfficerRequestKind::suspend_card && request.card) {
      note.kind = "officer-suspended-card";
      TRY(suspend(database, request, command, note, change.now));
    } else {
      return fail(Error::state_forbidden, "an access key is issued to the officer's card");
    }
    TRY(tell_admin(database, request.user, note, change.now));
    TRY(write_state(database, request.id, OfficerRequestState::done));
    return find_request(database, request.id, change.now);
  });
}

}  // namespace cardea::server::sql
