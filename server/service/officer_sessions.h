// SPDX-License-Identifier: Apache-2.0
// Sessions of help-desk officers (docs/spec/officers.md, "Sessions"): by their card, or by a WebAuthn key
// that a card's session has added. Called by http/authenticator and http/handlers_officers.
#pragma once

#include "server/service/session_service.h"
#include "server/service/webauthn.h"

namespace cardea::server {

struct OfficerCardRequest {
  OfficerId officer;
  Bytes challenge;
  Bytes session_spki;
  UnixSeconds expires_at = 0;
  Bytes signature;
};

struct OfficerKeyRequest {
  Bytes credential;
  Bytes challenge;
  Bytes session_spki;
  UnixSeconds expires_at = 0;
  Bytes client_data;
  Bytes authenticator_data;
  Bytes signature;
};

struct NewOfficerKey {
  std::string code;
  Bytes credential;
  Bytes spki;
  Bytes client_data;
  Bytes authenticator_data;
  std::string label;
};

struct KeyCode {
  std::string code;
  UnixSeconds expires_at = 0;
};

class OfficerSessions {
 public:
  OfficerSessions(Store& store, const ServerSecrets& secrets, Random& random, const SessionService& sessions)
      : store_(store),
        secrets_(secrets),
        random_(random),
        sessions_(sessions),
        party_(sessions.authority()) {}

  // identity_not_accepted for an unknown officer and a wrong signature alike; permission_denied only after a
  // good one.
  Result<OfficerSession> open_with_card(const OfficerCardRequest& request, UnixSeconds now);
  Result<OfficerSession> open_with_key(const OfficerKeyRequest& request, UnixSeconds now);
  Status end(const OfficerSession& session) { return store_.end_officer_session(session.id); }

  // For one new key of this officer; the session was opened by his card.
  Result<KeyCode> make_code(const OfficerSession& session, UnixSeconds now);
  // identity_not_accepted, replayed, limit_exceeded.
  Result<Officer> add_key(const NewOfficerKey& request, UnixSeconds now);

  // For the edge. session_expired when there is none, or the officer is no longer active.
  Result<OfficerSession> find(const SessionId& id, UnixSeconds now);

 private:
  Result<OfficerSession> open(OfficerSession session, const ChallengeToken& once,
                              const std::optional<Bytes>& credential, std::uint32_t sign_count,
                              UnixSeconds now);
  Store& store_;
  const ServerSecrets& secrets_;
  Random& random_;
  const SessionService& sessions_;
  const RelyingParty party_;
};

// What a WebAuthn key is given to sign: one session key, or one new key of an officer.
Digest officer_session_challenge(std::string_view authority, ByteView challenge, ByteView session_spki,
                                 UnixSeconds expires_at);
Digest officer_key_challenge(std::string_view authority, std::string_view code);

}  // namespace cardea::server
