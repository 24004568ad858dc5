// SPDX-License-Identifier: Apache-2.0
// What the contract's tests of regions and of arrivals share: a user on his way from one home to another.
#pragma once

#include "core/api/forward.h"
#include "tests/unit/server/store_contract.h"

namespace cardea::server {

inline constexpr std::int64_t kDay = 24 * 3600;

class StoreContractHomes : public StoreContract {
 protected:
  Result<Home> change(const UserId& user, HomeState to, UnixSeconds not_after = 0) {
    const Home old = *store->home(user);
    HomeChange command{old.state, old.epoch, old, AuditNote{"changed", api::Json::Object{}}, not_after};
    command.to.state = to;
    command.to.region = "south";
    if (to == HomeState::gone) command.audit.reset();
    return store->change_home(command, kNow);
  }
  ImportUser import_of(const UserRows& rows, const UserId& user, const std::string& from = "north") {
    return {user, from, 1, {7}, rows, {Bytes(94, 1), Bytes(94, 2)}, true};
  }
  static Bytes forward_of(const UserId& user) {
    return api::encode(api::Forward{user, 2, "south", "https://south.example", Bytes(44), kNow});
  }
  Status gone(const UserId& user, const Bytes& forward) {
    Home to = *store->home(user);
    HomeChange command{to.state, to.epoch, to, {}, 0};
    command.to.state = HomeState::gone;
    command.to.region = "south";
    command.to.forward = forward;
    command.to.delivered = true;
    TRY(store->change_home(command, kNow));
    return {};
  }
};

}  // namespace cardea::server
