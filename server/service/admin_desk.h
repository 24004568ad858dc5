// SPDX-License-Identifier: Apache-2.0
// What an administrator does over the network (docs/spec/administrator.md): looks at all computers, changes a
// policy, reads the chains. Whatever changes something, and whatever shows somebody's life, takes a touch of
// his security key that was made for exactly this. Called by http/handlers_admin, with callers whose officer
// is an administrator.
#pragma once

#include "server/service/caller.h"
#include "server/service/policy.h"
#include "server/service/session_service.h"
#include "server/service/webauthn.h"

namespace cardea::server {

// What his browser sends of it.
struct TouchRequest {
  Bytes challenge;
  Bytes credential;
  Bytes client_data;
  Bytes authenticator_data;
  Bytes signature;
};

// Where somebody who may read a user's chain stands in it.
struct HistoryPlace {
  UserId user;
  std::uint64_t after = 0;
  UnixSeconds expires_at = 0;
};

class AdminDesk {
 public:
  AdminDesk(Store& store, const ServerSecrets& secrets, Random& random, const SessionService& sessions,
            const Policies& policies, std::string_view program);

  // By the policy, and the version of this server.
  [[nodiscard]] Result<FleetRule> fleet_rule(UnixSeconds now) const;
  // invalid_argument, not_found for a name or value that is none; as Store::change_policy.
  Status change_policy(const Caller& caller, const std::string& name, const std::optional<std::string>& value,
                       std::uint64_t version, const TouchRequest& touch, UnixSeconds now);
  // As Store::open_history. The user's chain can be read with this session for ten minutes.
  Result<HistoryPlace> open_history(const Caller& caller, const std::string& account,
                                    const TouchRequest& touch, UnixSeconds now);
  // The place as text that only this session can use, and back: invalid_argument; permission_denied when the
  // ten minutes are over.
  [[nodiscard]] Result<std::string> history_cursor(const Caller& caller, const HistoryPlace& place) const;
  [[nodiscard]] Result<HistoryPlace> history_place(const Caller& caller, std::string_view cursor,
                                                   UnixSeconds now) const;

 private:
  Result<OfficerTouch> check_touch(const OfficerSession& session, const TouchRequest& touch,
                                   const api::Json& what, UnixSeconds now) const;
  Store& store_;
  const ServerSecrets& secrets_;
  Random& random_;
  const SessionService& sessions_;
  const Policies& policies_;
  const RelyingParty party_;
  const std::uint64_t program_;
};

// What a security key is given to sign: this session, and what is to be done, as JSON.
Digest officer_touch_challenge(std::string_view authority, ByteView challenge, const SessionId& session,
                               const api::Json& what);
// `what` of the two.
api::Json policy_touch(const std::string& name, const std::optional<std::string>& value,
                       std::uint64_t version);
api::Json history_touch(const std::string& account);

}  // namespace cardea::server
