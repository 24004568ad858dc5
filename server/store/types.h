// SPDX-License-Identifier: Apache-2.0
// What the store keeps and what its commands are given: plain values, no behaviour. Everything that is sealed
// is bytes here and stays bytes: the server has no key for it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/api/identifiers.h"
#include "core/api/json.h"
#include "core/base/clock.h"
#include "core/crypto/hash.h"

namespace cardea::server {

using api::CardId;
using api::ComputerId;
using api::RecordId;
using api::SessionId;
using api::UserId;
using Digest = crypto::Sha256Digest;

// A user's audit chain: number of events and hash of the last one (zeros when there is none).
struct AuditPoint {
  std::uint64_t length = 0;
  Digest head{};
};

// What a command writes into the audit chain of its user. `details` holds no secret and no record content.
struct AuditNote {
  std::string kind;
  api::Json details = api::Json::Object{};
};

struct AuditEvent {
  std::uint64_t sequence = 0;
  UnixSeconds time = 0;
  std::string kind;
  std::string details;  // canonical JSON
  Digest hash{};
};

struct Holder {
  std::string kind;  // card, recovery, sheet, computer, officer
  std::string ref;
  std::uint32_t epoch = 0;
  Bytes envelope;
};

struct EpochSeal {
  std::uint32_t epoch = 0;  // UK of this epoch, sealed under the next one
  Bytes envelope;
};

enum class CardState : std::uint8_t { active, suspended, revoked };
const char* name_of(CardState state) noexcept;
std::optional<CardState> card_state(std::string_view name) noexcept;

struct Card {
  CardId id;
  UserId user;
  Bytes auth_spki;
  Bytes wrap_spki;
  Bytes proof;
  std::string label;
  std::string serial;
  CardState state = CardState::active;
  std::string reason;  // empty, or why it is suspended or revoked
  std::uint64_t version = 1;
  UnixSeconds since = 0;
  std::optional<ComputerId> computer;  // at which it was put into use, where that is known
};

struct User {
  UserId id;
  std::string account;
  Bytes opaque_a;
  Bytes opaque_b;
  Bytes question_seal;
  Bytes recovery_seal;
  Bytes recovery_public;
  CardId signer;  // the card that signed recovery_public
  Bytes profile;
  Bytes sheet_check;  // SubjectPublicKeyInfo of the recovery sheet's key
  std::uint32_t epoch = 0;
  std::uint32_t uid = 0;        // given by the store at registration; his for ever
  std::uint32_t oprf_seed = 1;  // the number of the seed under which opaque_a and opaque_b were made
  AuditPoint audit;
};

// A computer as one of its users sees it.
struct Computer {
  ComputerId id;
  Bytes device_spki;
  std::string name;
  std::string serial;
  std::uint32_t generation = 0;  // the current one, 0 when there is none
  std::uint32_t issued = 0;
  std::uint32_t used = 0;
  std::string fit;  // ok, none, mismatch, or unknown before the first check-in
  UnixSeconds last_seen = 0;
  std::vector<std::string> officers;  // for whom the current generation is sealed, by name
  UnixSeconds rotate_asked = 0;       // its owner waits for new access keys since then; 0: he does not
};

// A computer's place in its user's list.
struct ComputerPosition {
  UnixSeconds created = 0;
  ComputerId id;
};

struct ComputerPage {
  std::vector<Computer> computers;
  std::optional<ComputerPosition> next;  // the last one's place, when there may be more
};

// How many events the global audit chain has, and the time of the last (0: none).
struct AuditEnd {
  std::uint64_t events = 0;
  UnixSeconds time = 0;
};

// The chain seed of one generation, sealed to a help-desk officer's card.
struct OfficerSeal {
  CardId officer;
  std::string name;  // as the computer calls him
  Bytes seal;
};

enum class GenerationState : std::uint8_t { begun, pending, current, cancelled };
const char* name_of(GenerationState state) noexcept;
std::optional<GenerationState> generation_state(std::string_view name) noexcept;

struct Generation {
  ComputerId computer;
  UserId user;
  std::uint32_t number = 0;
  GenerationState state = GenerationState::begun;
  Bytes seal;
  Bytes check_k0;
  Bytes login_public;
  std::uint32_t issued = 0;
  std::uint32_t used = 0;
};

struct Record {
  RecordId id;
  std::uint64_t version = 0;
  std::uint32_t epoch = 0;
  Bytes envelope;
  std::uint64_t size = 0;
  bool deleted = false;
  UnixSeconds changed = 0;
  std::uint64_t change_number = 0;
};

enum class SessionLevel : std::uint8_t { password = 1, answer = 2, card = 3, access_key = 4 };
const char* name_of(SessionLevel level) noexcept;

struct Session {
  SessionId id;
  UserId user;
  SessionLevel level = SessionLevel::password;
  bool is_hmac = false;
  Bytes key;  // SubjectPublicKeyInfo of the session key, or the sealed HMAC key
  std::optional<CardId> card;
  std::optional<ComputerId> computer;
  UnixSeconds expires_at = 0;
};

// A request that may come again after its answer was lost.
struct Once {
  std::string scope;  // who asked
  std::string key;    // Idempotency-Key
  Digest request{};   // over method, target and body
};

struct StoredAnswer {
  int status = 200;
  std::string body;
  std::string etag;
};

// How a change is applied: when, under which Idempotency-Key (or none), and how its answer is written.
// `render` runs inside the transaction, so that the answer is stored with the change or not at all: it must
// be quick and must not call the store.
template <typename T>
struct Change {
  UnixSeconds now = 0;
  std::optional<Once> once;
  std::function<StoredAnswer(const T&)> render;
};

template <typename T>
struct Outcome {
  T value{};            // meaningless when repeated
  StoredAnswer answer;  // what render made, now or at the first time
  bool repeated = false;
};

}  // namespace cardea::server
