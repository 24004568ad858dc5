// SPDX-License-Identifier: Apache-2.0
// Sessions that a card or an access key opens, and the look-up of every session for the edge. Called by
// http/authenticator and http/handlers_login.
#pragma once

#include "server/service/caller.h"
#include "server/service/login_service.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

// A person types a PIN between the challenge and the signature.
inline constexpr std::int64_t kChallengeSeconds = 300;

struct CardSessionRequest {
  CardId card;
  Bytes challenge;
  Bytes session_spki;
  UnixSeconds expires_at = 0;
  Bytes signature;
};

struct AccessKeySessionRequest {
  ComputerId computer;
  UserId user;
  std::uint32_t generation = 0;
  Bytes challenge;
  Bytes session_spki;
  Bytes signature;
};

struct ChallengeToken {
  Digest token{};
  UnixSeconds expires_at = 0;
};

class SessionService {
 public:
  // `authority` is what clients call this server: host, and port unless it is 443.
  SessionService(Store& store, const ServerSecrets& secrets, Random& random, std::string authority)
      : store_(store), secrets_(secrets), random_(random), authority_(std::move(authority)) {}

  struct Challenge {
    Bytes bytes;
    UnixSeconds expires_at = 0;
  };
  Challenge challenge(UnixSeconds now);
  // identity_not_accepted for an unknown card and a wrong signature alike; card_revoked only after a good
  // one.
  Result<Session> open_with_card(const Caller& caller, const CardSessionRequest& request, UnixSeconds now);
  Result<Session> open_with_access_key(const Caller& caller, const AccessKeySessionRequest& request,
                                       UnixSeconds now);
  Status end(const Caller& caller);

  // One of ours that is not too old: identity_not_accepted, session_expired. Whoever takes it spends it, with
  // the token it can be used once by.
  [[nodiscard]] Result<ChallengeToken> check_challenge(ByteView challenge, UnixSeconds now) const;

  // For the edge. session_expired when there is none.
  Result<Session> find(const SessionId& id, UnixSeconds now);
  [[nodiscard]] Result<SecretKey32> hmac_key(const Session& session) const {
    return secrets_.open_session_key(session.id, session.key);
  }
  [[nodiscard]] const std::string& authority() const noexcept { return authority_; }
  // The same, when a session for this key until this time may be opened by a proof over this challenge.
  Result<ChallengeToken> check_new_session(ByteView challenge, ByteView session_spki, UnixSeconds expires_at,
                                           UnixSeconds now) const;

 private:
  Store& store_;
  const ServerSecrets& secrets_;
  Random& random_;
  std::string authority_;
};

}  // namespace cardea::server
