// SPDX-License-Identifier: Apache-2.0
// What a help-desk officer asks the server (docs/spec/officers.md), from his own computer with his card. Used
// by recoveryd/service/officer_service.
#pragma once

#include "upstream/access_key_calls.h"
#include "upstream/login_calls.h"

namespace cardea::upstream {

struct OfficerSession {
  api::SessionId id;
  std::string name;  // as the server calls him
  std::int64_t expires_at = 0;
};
RequestKey officer_key(const api::SessionId& session, const crypto::Ed25519KeyPair& key);  // outlives it

// One card signature opens a session for the key of `session_spki` (Ed25519) until `expires_at`.
Result<OfficerSession> open_officer_session(ServerClient& client, const api::CardId& officer,
                                            ByteView session_spki, std::int64_t expires_at,
                                            const CardSigner& sign);

struct OfficerKeyCode {
  std::string code;
  std::int64_t expires_at = 0;
};
Result<OfficerKeyCode> get_officer_key_code(ServerClient& client, const RequestKey& session);

struct PersonComputer {
  api::ComputerId id;
  std::string name;
  std::string serial;
  bool can_issue = false;
};
struct PersonCard {
  api::CardId id;
  std::string label;
  std::string state;
};
struct Person {
  api::UserId user;
  std::string account;
  std::vector<PersonComputer> computers;
  std::vector<PersonCard> cards;
  bool closed = false;
};
// Error::not_found, Error::rate_limited.
Result<Person> find_person(ServerClient& client, const RequestKey& session, const std::string& account);

struct OfficerRequest {
  api::RequestId id;
  std::string kind;   // access-key, open-account, suspend-card
  std::string state;  // waiting, approved, declined, done
  std::string account;
  std::string officer;
  std::string computer;  // its name; empty for other kinds
  std::string reason;
  std::string second;  // who approved it, or empty
  std::int64_t expires_at = 0;
};
struct OfficerAsk {
  api::UserId user;
  std::string kind;
  std::optional<api::ComputerId> computer;
  std::optional<api::CardId> card;
  std::vector<std::string> verified;
  std::string reason;
};
Result<OfficerRequest> ask_as_officer(ServerClient& client, const RequestKey& session, const OfficerAsk& ask);
Result<std::vector<OfficerRequest>> list_officer_requests(ServerClient& client, const RequestKey& session);
// `step`: approve, decline, carry-out.
Result<OfficerRequest> step_officer_request(ServerClient& client, const RequestKey& session,
                                            const api::RequestId& request, std::string_view step);

struct IssuedForPerson {
  api::UserId user;
  IssuedKey key;  // its seal is this officer's
};
Result<IssuedForPerson> issue_as_officer(ServerClient& client, const RequestKey& session,
                                         const api::RequestId& request);

}  // namespace cardea::upstream
