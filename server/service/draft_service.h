// SPDX-License-Identifier: Apache-2.0
// A registration that was prepared in a browser (docs/spec/drafts.md): kept for seven days, found again by
// the code of its sheet, and made an account by password, answer, a card and a computer. Until then nothing
// in this server acts on it. Called by http/handlers_drafts.
#pragma once

#include "server/service/caller.h"
#include "server/service/guess_budget.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

inline constexpr std::size_t kSheetCheck = 44;  // SubjectPublicKeyInfo of an Ed25519 key

struct DraftKept {
  std::int64_t retry_after = 0;  // not 0: there is no room, nothing was kept
  UnixSeconds expires_at = 0;
};

struct DraftQuestion {
  GuessDecision decision;  // not allowed: the rest is empty, here and below
  UserId user;
  Bytes ke2;
  Bytes question_seal;
};

struct DraftAnswer {
  GuessDecision decision;
  std::string login_id;
  Bytes ke2;
  Bytes recovery_seal;
  Bytes recovery_public;
};

struct DraftFinish {
  std::string login_id;
  Bytes ke3;
  User user;  // account and profile; the rest comes from the draft
  Card card;
  Computer computer;
  std::vector<Holder> holders;
};

class DraftService {
 public:
  DraftService(Store& store, GuessBudget& budget, const ServerSecrets& secrets, Random& random,
               const Policies& policies)
      : store_(store), budget_(budget), secrets_(secrets), random_(random), policies_(policies) {}

  // `draft` without user, OPRF seed, network and end, which come from the registration id. Says nothing of
  // whether the account exists.
  Result<DraftKept> keep(const Caller& caller, std::string_view registration_id, Draft draft,
                         UnixSeconds now);
  // The login with record A, as far as the client needs it to open the question. not_found.
  Result<DraftQuestion> question(const Caller& caller, ByteView sheet_check, ByteView ke1, UnixSeconds now);
  // The login with record B. Its seal opens for nobody who does not know the answer.
  Result<DraftAnswer> answer(const Caller& caller, ByteView sheet_check, ByteView ke1, UnixSeconds now);
  // As Registration::finish; the draft is gone with it.
  Result<Outcome<Registered>> finish(const Caller& caller, DraftFinish request,
                                     const Change<Registered>& change);

 private:
  Result<GuessDecision> charge(const Caller& caller, ByteView sheet_check, UnixSeconds now);

  Store& store_;
  GuessBudget& budget_;
  const ServerSecrets& secrets_;
  Random& random_;
  const Policies& policies_;
};

}  // namespace cardea::server
