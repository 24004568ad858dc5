// SPDX-License-Identifier: Apache-2.0
#include "server/service/officer_desk.h"

#include <algorithm>

#include "server/service/access_key_issuer.h"

namespace cardea::server {
namespace {

constexpr std::uint32_t kFreeLookups = 100;
constexpr std::int64_t kRequestSeconds = 3600;
constexpr std::size_t kMaxOpenRequests = 16;  // about one account
// One for the person, two for answers that were lost.
constexpr std::uint32_t kMaxIssues = 3;

AuditNote note(const Caller& caller, std::string kind) {
  return {std::move(kind), api::Json::Object{{"officer", caller.officer->officer.name},
                                             {"officer_id", caller.officer->officer.id.text()},
                                             {"from", caller.prefix}}};
}

Status check_subject(const Asked& asked) {
  const bool wants_computer = asked.kind == OfficerRequestKind::access_key;
  const bool wants_card = asked.kind == OfficerRequestKind::suspend_card;
  if (asked.computer.has_value() != wants_computer)
    return fail(Error::invalid_argument, "“computer_id” does not go with “kind”");
  if (asked.card.has_value() != wants_card)
    return fail(Error::invalid_argument, "“card_id” does not go with “kind”");
  return {};
}

Status check_verified(const std::vector<std::string>& verified, const OfficerPolicy& policy) {
  const auto done = [&](const std::string& kind) {
    return std::find(verified.begin(), verified.end(), kind) != verified.end();
  };
  for (const std::string& kind : policy.verification) {
    if (!done(kind)) return fail(Error::state_forbidden, "policy demands “" + kind + "” in “verified”");
  }
  return {};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words)
    out += (out.empty() ? "" : " ") + word;
  return out;
}

}  // namespace

Result<OfficerPolicy> OfficerDesk::policy() const {
  OfficerPolicy policy;
  TRY_ASSIGN(policy.second, policies_.is(Policy::officer_second, "always"));
  TRY_ASSIGN(policy.verification, policies_.words(Policy::officer_verification));
  return policy;
}

Result<FoundPerson> OfficerDesk::look_at(const Caller& caller, User user) {
  FoundPerson person;
  TRY_ASSIGN(auto computers, store_.computers(user.id));
  for (Computer& computer : computers) {
    TRY_ASSIGN(const bool can_issue, store_.can_issue(user.id, computer.id, caller.officer->officer.id));
    person.computers.push_back({std::move(computer), can_issue});
  }
  TRY_ASSIGN(person.cards, store_.cards(user.id));
  TRY_ASSIGN(const std::uint32_t guesses, store_.guesses(account_subject(user.account)));
  person.closed = guesses >= kClosedGuesses;
  person.user = std::move(user);
  return person;
}

Result<Found> OfficerDesk::find(const Caller& caller, const std::string& account, UnixSeconds now) {
  if (!caller.officer) return Error::permission_denied;
  Found found;
  ChargeGuess charge;
  charge.now = now;
  charge.subjects.push_back(
      {"officer:" + caller.officer->officer.id.text(),
       [](const GuessCount& count, UnixSeconds at) { return decide_prefix_guess(count, at, kFreeLookups); }});
  TRY_ASSIGN(found.decision, store_.charge_guess(charge));
  if (!found.decision.allowed) return found;
  TRY_ASSIGN(auto user, store_.find_user_by_account(account));
  if (!user) return fail(Error::not_found, "no such account");
  // Before he sees anything.
  TRY(store_.note_officer(user->id, note(caller, "officer-found"), now));
  TRY_ASSIGN(found.person, look_at(caller, std::move(*user)));
  return found;
}

Result<Outcome<OfficerRequest>> OfficerDesk::ask(const Caller& caller, const Asked& asked,
                                                 const Change<OfficerRequest>& change) {
  if (!caller.officer) return Error::permission_denied;
  TRY(check_subject(asked));
  TRY_ASSIGN(const OfficerPolicy policy, this->policy());
  TRY(check_verified(asked.verified, policy));
  // A card that is stopped lets nobody in: it needs no second pair of eyes.
  const bool second = policy.second && asked.kind != OfficerRequestKind::suspend_card;
  AskAsOfficer command;
  OfficerRequest& request = command.request;
  request.id = RequestId::random(random_);
  request.kind = asked.kind;
  request.state = second ? OfficerRequestState::waiting : OfficerRequestState::approved;
  request.user = asked.user;
  request.computer = asked.computer;
  request.card = asked.card;
  request.officer = caller.officer->officer.id;
  request.verified = joined(asked.verified);
  request.reason = asked.reason;
  request.created = change.now;
  request.expires_at = change.now + kRequestSeconds;
  command.max_open = kMaxOpenRequests;
  command.audit = note(caller, "officer-asked");
  return store_.ask_as_officer(change, command);
}

Result<Outcome<OfficerRequest>> OfficerDesk::decide(const Caller& caller, const RequestId& request,
                                                    bool approve, const Change<OfficerRequest>& change) {
  if (!caller.officer) return Error::permission_denied;
  const char* kind = approve ? "officer-approved" : "officer-declined";
  return store_.decide_officer_request(change,
                                       {request, caller.officer->officer.id, approve, note(caller, kind)});
}

Result<Outcome<Issued>> OfficerDesk::issue(const Caller& caller, const RequestId& request,
                                           const Change<Issued>& change) {
  if (!caller.officer || !caller.officer->by_card) return Error::permission_denied;
  IssueAsOfficer command;
  command.request = request;
  command.officer = caller.officer->officer.id;
  command.max_index = kChainLength;
  command.max_ahead = kMaxAhead;
  command.max_issues = kMaxIssues;
  command.audit = note(caller, "officer-issued");
  return store_.issue_as_officer(change, command);
}

Result<Outcome<OfficerRequest>> OfficerDesk::carry_out(const Caller& caller, const RequestId& request,
                                                       const Change<OfficerRequest>& change) {
  if (!caller.officer) return Error::permission_denied;
  CarryOut command;
  command.request = request;
  command.officer = caller.officer->officer.id;
  command.guesses_of = account_subject;
  command.reason = "lost";
  command.audit = note(caller, "");  // the store names it by what was done
  return store_.carry_out(change, command);
}

}  // namespace cardea::server
