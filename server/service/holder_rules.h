// SPDX-License-Identifier: Apache-2.0
// Which holders of the root key a user may have: each names a thing of this user, so that none outlives it
// unnoticed. Called by every service that takes holders.
#pragma once

#include <set>

#include "server/service/caller.h"

namespace cardea::server {

inline constexpr std::size_t kMaxHolders = 64;           // per user
inline constexpr std::size_t kMaxHolderEnvelope = 2048;  // an RSA-4096 holder has about 700 bytes

struct HolderTargets {
  std::set<CardId> cards;
  std::set<ComputerId> computers;
};

// invalid_argument, with the reason.
Status check_holder(const Holder& holder, const HolderTargets& targets, std::uint32_t epoch);
// All of them, and no two for the same thing.
Status check_holders(const std::vector<Holder>& holders, const HolderTargets& targets, std::uint32_t epoch);
// What the user has now: cards that are not revoked, and computers.
Result<HolderTargets> holder_targets(Store& store, const UserId& user);
// Adds or replaces one holder. A computer may only write its own.
Status put_holder(Store& store, const Caller& caller, PutHolder command);

}  // namespace cardea::server
