// SPDX-License-Identifier: Apache-2.0
// A user's computers: enrolling a further one, what its owner asks of it or takes from it, and the daily
// check-in. Called by http/handlers_computers.
#pragma once

#include "server/service/caller.h"

namespace cardea::server {

struct ComputerRequest {
  Computer computer;  // id is filled in by the service
  Bytes proof;
  std::vector<Holder> holders;
};

class ComputerService {
 public:
  explicit ComputerService(Store& store) : store_(store) {}
  // signature_invalid when the computer did not sign that it wants to be this user's.
  Result<Outcome<Computer>> add(const Caller& caller, ComputerRequest request,
                                const Change<Computer>& change);
  // Both for the owner of a session that proved more than the password.
  Result<Outcome<Computer>> ask_for_keys(const Caller& caller, const ComputerId& computer,
                                         const Change<Computer>& change);
  Result<Outcome<Retired>> retire(const Caller& caller, const ComputerId& computer,
                                  const Change<Retired>& change);
  Result<Outcome<CheckedIn>> check_in(const Caller& caller, CheckIn command, const Change<CheckedIn>& change);

 private:
  Store& store_;
};

}  // namespace cardea::server
