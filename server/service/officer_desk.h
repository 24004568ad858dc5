// SPDX-License-Identifier: Apache-2.0
// What an officer may do for somebody without card and password (docs/spec/officers.md): find him, ask with a
// reason, have it approved where policy says, carry it out. Each step is written into that person's history.
// Called by http/handlers_officers, with callers whose officer is set.
#pragma once

#include "server/service/caller.h"
#include "server/service/guess_budget.h"

namespace cardea::server {

// What the organisation demands now.
struct OfficerPolicy {
  bool second = true;
  std::vector<std::string> verification;
};

struct FoundComputer {
  Computer computer;
  bool can_issue = false;  // its access keys are sealed for this officer
};

struct FoundPerson {
  User user;
  std::vector<FoundComputer> computers;
  std::vector<Card> cards;
  bool closed = false;  // too many guesses
};

struct Found {
  GuessDecision decision;
  FoundPerson person;  // when it was allowed
};

struct Asked {
  OfficerRequestKind kind = OfficerRequestKind::access_key;
  UserId user;
  std::optional<ComputerId> computer;
  std::optional<CardId> card;
  std::vector<std::string> verified;
  std::string reason;
};

class OfficerDesk {
 public:
  OfficerDesk(Store& store, Random& random, const Policies& policies)
      : store_(store), random_(random), policies_(policies) {}

  [[nodiscard]] Result<OfficerPolicy> policy() const;
  // not_found for an account that does not exist.
  Result<Found> find(const Caller& caller, const std::string& account, UnixSeconds now);
  // state_forbidden without the verification that policy demands; invalid_argument for a kind without its
  // subject.
  Result<Outcome<OfficerRequest>> ask(const Caller& caller, const Asked& asked,
                                      const Change<OfficerRequest>& change);
  Result<Outcome<OfficerRequest>> decide(const Caller& caller, const RequestId& request, bool approve,
                                         const Change<OfficerRequest>& change);
  Result<Outcome<Issued>> issue(const Caller& caller, const RequestId& request, const Change<Issued>& change);
  Result<Outcome<OfficerRequest>> carry_out(const Caller& caller, const RequestId& request,
                                            const Change<OfficerRequest>& change);

 private:
  Result<FoundPerson> look_at(const Caller& caller, User user);
  Store& store_;
  Random& random_;
  const Policies& policies_;
};

}  // namespace cardea::server
