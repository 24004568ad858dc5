// SPDX-License-Identifier: Apache-2.0
// What a user sees and decides of his home region, and the daily look at who should be asked
// (docs/spec/relocation.md, "Days" and "The rule"). Called by http/handlers_regions, by check-in and
// sessions, and by server/region_loop.
#pragma once

#include <stop_token>

#include "server/service/caller.h"
#include "server/service/policy.h"
#include "server/service/region_keys.h"

namespace cardea::server {

class RelocationService {
 public:
  RelocationService(Store& store, const RegionPolicy& policy, const Policies& policies)
      : store_(store), policy_(policy), policies_(policies) {}

  // The region to write down for a request that this server was asked: what the computer measured, if we know
  // that region, or else this one. Empty when there is only one region.
  [[nodiscard]] std::string region_of_day(std::string_view nearest = {}) const;

  Result<Home> home(const UserId& user) { return store_.home(user); }
  Status record_days(const Caller& caller, bool on);
  // The user wants to move: asked or not. not_found for a region we don't know, state_forbidden when this
  // region moves nobody or he is on his way.
  Result<Home> move(const Caller& caller, const std::string& to, UnixSeconds now);
  // He does not, whether asked or agreed before.
  Result<Home> stay(const Caller& caller, UnixSeconds now);
  // Asks, or begins the move of, everybody for whom the rule holds, until `stop` is asked for. Returns how
  // many.
  Result<std::size_t> propose(UnixSeconds now, const std::stop_token& stop = {});

 private:
  Result<bool> propose_to(const UserId& user, bool ask, UnixSeconds now);
  Result<Home> answer(Home from, Home to, const std::string& word, const Caller& caller, UnixSeconds now);

  Store& store_;
  const RegionPolicy& policy_;
  const Policies& policies_;
};

}  // namespace cardea::server
