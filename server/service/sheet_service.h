// SPDX-License-Identifier: Apache-2.0
// The code of the recovery sheet in place of a password (docs/spec/server-protocol.md, "Recovery sheet"):
// cards are suspended, a closed account is opened. The code has 160 bits, so nothing is charged to the
// account: anybody could close it. Called by http/handlers_sheet.
#pragma once

#include "server/service/account_reader.h"
#include "server/service/guess_budget.h"
#include "server/service/session_service.h"

namespace cardea::server {

struct SheetRequest {
  std::string account;
  Bytes challenge;
  Bytes signature;
};

// Not 0: nothing was done, and may be tried again after so many seconds.
struct SheetSuspended {
  std::int64_t retry_after = 0;
  CardsSuspended cards;
};

class SheetService {
 public:
  SheetService(Store& store, AccountReader& accounts, GuessBudget& budget, const SessionService& sessions);

  // identity_not_accepted for another code and for an account that does not exist alike; replayed.
  Result<SheetSuspended> suspend(const Caller& caller, const SheetRequest& request, UnixSeconds now);
  // The wrong tries at password and answer are forgotten, at most once a day.
  Result<Reopened> reopen(const Caller& caller, const SheetRequest& request, UnixSeconds now);

 private:
  struct Proven {
    std::int64_t retry_after = 0;
    SheetProof proof;
  };
  Result<Proven> prove(const Caller& caller, const SheetRequest& request, std::string_view purpose,
                       UnixSeconds now);

  Store& store_;
  AccountReader& accounts_;
  GuessBudget& budget_;
  const SessionService& sessions_;
  const Bytes stand_in_;  // a key that signs nothing, read where an account has none
};

}  // namespace cardea::server
