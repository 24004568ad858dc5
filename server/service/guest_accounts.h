// SPDX-License-Identifier: Apache-2.0
// Guests: what a computer that is open to them is told about the owner of a card (docs/spec/guests.md).
// Called by http/handlers_computers.
#pragma once

#include <set>

#include "core/api/account_statement.h"
#include "server/service/caller.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

// [guests] of server.conf.
struct GuestPolicy {
  std::set<ComputerId> open_to;        // computers at which every cardholder may be a guest; empty: nowhere
  std::vector<api::UnixGroup> groups;  // every guest is in them
  std::int64_t statement_seconds = 24 * 3600;
};

struct SignedStatement {
  Bytes statement;
  std::array<std::uint8_t, 64> signature{};
};

class GuestAccounts {
 public:
  // `authority`: what clients call this server.
  GuestAccounts(Store& store, const ServerSecrets& secrets, const std::string& authority,
                const GuestPolicy& policy)
      : store_(store), secrets_(secrets), authority_(authority), policy_(policy) {}

  using Render = std::function<StoredAnswer(const SignedStatement&)>;
  // permission_denied when this computer is not open to guests; not_found for a card nobody has; card_revoked
  // for one that is not active; state_forbidden for an account whose name can't be a login name. Each
  // statement is in the owner's audit chain.
  Result<Outcome<GuestAdmitted>> admit(const Caller& caller, const CardId& card, UnixSeconds now,
                                       std::optional<Once> once, const Render& render);

 private:
  Store& store_;
  const ServerSecrets& secrets_;
  const std::string& authority_;
  const GuestPolicy& policy_;
};

}  // namespace cardea::server
