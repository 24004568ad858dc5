// SPDX-License-Identifier: Apache-2.0
// Help-desk officers as the store keeps them (docs/spec/officers.md): plain values, and the arguments of the
// commands. An officer's id is that of his card.
#pragma once

#include "server/store/types.h"

namespace cardea::server {

using api::RequestId;
using OfficerId = CardId;

enum class OfficerState : std::uint8_t { active, suspended, removed };
const char* name_of(OfficerState state) noexcept;
std::optional<OfficerState> officer_state(std::string_view name) noexcept;

inline constexpr std::string_view kOfficerRole = "officer";
inline constexpr std::string_view kAdministratorRole = "administrator";

struct Officer {
  OfficerId id;
  std::string name;
  Bytes auth_spki;
  std::string role;  // one of the two; another is nobody's
  OfficerState state = OfficerState::active;
  UnixSeconds since = 0;  // of the state
};

// A WebAuthn key.
struct OfficerKey {
  Bytes credential;
  OfficerId officer;
  Bytes spki;
  std::uint32_t sign_count = 0;
  std::string label;
  UnixSeconds created = 0;
  UnixSeconds last_used = 0;  // 0: never
};

struct OfficerSession {
  SessionId id;
  Officer officer;
  bool by_card = false;
  Bytes key;  // SubjectPublicKeyInfo of the session key
  UnixSeconds expires_at = 0;
};

enum class OfficerRequestKind : std::uint8_t { access_key, open_account, suspend_card };
const char* name_of(OfficerRequestKind kind) noexcept;
std::optional<OfficerRequestKind> officer_request_kind(std::string_view name) noexcept;

enum class OfficerRequestState : std::uint8_t { waiting, approved, declined, done };
const char* name_of(OfficerRequestState state) noexcept;
std::optional<OfficerRequestState> officer_request_state(std::string_view name) noexcept;

struct OfficerRequest {
  RequestId id;
  OfficerRequestKind kind = OfficerRequestKind::access_key;
  OfficerRequestState state = OfficerRequestState::waiting;
  UserId user;
  std::string account;                 // filled by the store
  std::optional<ComputerId> computer;  // access_key
  std::string computer_name;           // filled by the store
  std::optional<CardId> card;          // suspend_card
  OfficerId officer;
  std::string officer_name;           // filled by the store
  std::optional<OfficerId> approver;  // or who declined
  std::string approver_name;          // filled by the store
  std::string verified;               // words with blanks between
  std::string reason;
  std::uint32_t issued = 0;  // keys issued for it
  UnixSeconds created = 0;
  UnixSeconds expires_at = 0;
};

struct AddOfficerKey {
  OfficerKey key;
  Digest token{};  // of the code; good once until token_expires_at
  UnixSeconds token_expires_at = 0;
  std::size_t max_keys = 0;
};

struct OpenOfficerSession {
  OfficerSession session;  // of the officer only the id counts
  Digest token{};
  UnixSeconds token_expires_at = 0;
  // Of a WebAuthn key: its new counter must be greater than the stored one, unless both are 0.
  std::optional<Bytes> credential;
  std::uint32_t sign_count = 0;
};

struct AskAsOfficer {
  OfficerRequest request;
  std::size_t max_open = 0;  // requests about one user
  AuditNote audit;
};

struct DecideOfficerRequest {
  RequestId request;
  OfficerId officer;
  bool approve = false;
  AuditNote audit;  // gets what the request says
};

// The next access key's number, for a request that is approved.
struct IssueAsOfficer {
  RequestId request;
  OfficerId officer;
  std::uint32_t max_index = 0;
  std::uint32_t max_ahead = 0;
  std::uint32_t max_issues = 0;  // for this request
  AuditNote audit;
};

// Opens an account or suspends a card, as the request says.
struct CarryOut {
  RequestId request;
  OfficerId officer;
  std::string (*guesses_of)(std::string_view account) = nullptr;  // subject of the budget that begins anew
  std::string reason;                                             // of the suspended card
  AuditNote audit;
};

}  // namespace cardea::server
