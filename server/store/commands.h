// SPDX-License-Identifier: Apache-2.0
// The arguments and results of the store's commands. A command that changes something carries the audit note
// that is written with it.
#pragma once

#include "server/store/pairing.h"
#include "server/store/types.h"

namespace cardea::server {

struct RegisterUser {
  User user;  // epoch 1; uid and audit are ignored
  Card card;
  Computer computer;
  std::vector<Holder> holders;
  AuditNote audit;
};

struct Registered {
  UserId user;
  std::uint32_t epoch = 0;
  AuditPoint audit;
};

// Charges one guess to each of two subjects, or to none of them when `decide` refuses for one.
struct GuessDecision {
  bool allowed = false;
  bool closed = false;
  std::int64_t wait_seconds = 0;
};
struct GuessCount {
  std::uint32_t count = 0;
  UnixSeconds last = 0;
};
struct ChargeGuess {
  struct Subject {
    std::string name;
    std::function<GuessDecision(const GuessCount&, UnixSeconds now)> decide;
  };
  std::vector<Subject> subjects;
  UnixSeconds now = 0;
};

// Opens a session. `token` (a digest of what the client proved) can be used once until `token_expires_at`.
struct OpenSession {
  Session session;
  Digest token{};
  UnixSeconds token_expires_at = 0;
  std::string clear_guesses;  // subject whose count ends with this, or empty
  AuditNote audit;
  // Set for an access-key session: this generation must not be cancelled yet, and is cancelled.
  std::optional<std::uint32_t> cancel_generation;
  std::string region = {};  // as in CheckIn
};

struct RaiseSession {
  SessionId session;
  SessionLevel level = SessionLevel::answer;
  Digest token{};
  UnixSeconds token_expires_at = 0;
  std::string clear_guesses;
  AuditNote audit;
};

struct SetCardState {
  UserId user;
  CardId card;
  CardState state = CardState::active;
  std::string reason;
  std::uint64_t expected_version = 0;
  AuditNote audit;
};

struct ReplaceCard {
  UserId user;
  SessionId session;  // stays open; all others end
  Card card;
  std::string reason;
  std::uint32_t expected_epoch = 0;
  std::vector<Holder> holders;
  Bytes epoch_seal;
  Bytes sheet_check;  // of a new sheet; empty: the one there is goes on
  ComputerId computer;
  // The session was opened by an access key of `computer`. It is good for this one replacement.
  bool spends_session = false;
  AuditNote audit;
};

struct Replaced {
  std::uint32_t epoch = 0;
  std::vector<CardId> revoked;
  AuditPoint audit;
};

struct AddComputer {
  UserId user;
  Computer computer;
  std::vector<Holder> holders;
  AuditNote audit;
};

struct CheckIn {
  ComputerId computer;
  UserId user;
  std::uint32_t generation = 0;  // 0: the computer has none
  Bytes check_k0;
  std::uint32_t used = 0;
  std::string region = {};       // where the user works today, if his days are recorded; or empty
  std::string gate = "unknown";  // of kGateWords in fleet.h
  std::uint64_t program = 0;     // its version as a number; 0: it does not say
};

struct CheckedIn {
  std::string fit;  // ok, none, mismatch
  std::uint32_t generation = 0;
  std::uint32_t issued = 0;
  bool rotate = false;
  std::vector<Card> cards;
  std::vector<CardId> officers;  // for whom the current generation is sealed
  std::uint32_t epoch = 0;
  AuditPoint audit;
};

struct PrepareGeneration {
  ComputerId computer;
  UserId user;
  std::uint32_t number = 0;
  Bytes seal;
  Bytes check_k0;
  Bytes login_public;
  std::vector<OfficerSeal> officers = {};
};

struct CommitGeneration {
  ComputerId computer;
  UserId user;
  std::uint32_t number = 0;
  Bytes check_k0;
  AuditNote audit;
};

struct IssueAccessKey {
  UserId user;
  ComputerId computer;
  std::uint32_t max_index = 0;  // length of the chain
  std::uint32_t max_ahead = 0;  // most that may be issued beyond what the computer has seen used
  AuditNote audit;
};

struct Issued {
  Computer computer;
  Generation generation;  // with the seal for whoever asked
  std::uint32_t index = 0;
};

// Somebody with this card wants to be a guest at a computer.
struct AdmitGuest {
  CardId card;
  ComputerId computer;
  std::string from;
};

struct GuestAdmitted {
  User user;
  Card card;
};

// Both with a session that proved more than the password.
struct AskForKeys {
  UserId user;
  ComputerId computer;
  AuditNote audit;
};
struct RetireComputer {
  UserId user;
  ComputerId computer;
  AuditNote audit;
};
struct Retired {};

// The code of the recovery sheet was shown to be known. `token` as in OpenSession.
struct SheetProof {
  UserId user;
  Digest token{};
  UnixSeconds token_expires_at = 0;
  std::string from;
};
struct ReopenAccount {
  SheetProof proof;
  std::string guesses;          // the subject that is forgotten
  ChargeGuess::Subject budget;  // how often
};
struct Reopened {
  bool changed = false;          // there was something to forget
  std::int64_t retry_after = 0;  // not 0: too often, nothing was changed
};
struct CardsSuspended {
  std::uint32_t changed = 0;    // by this command
  std::uint32_t suspended = 0;  // in all
};

struct PutHolder {
  UserId user;
  Holder holder;
  std::size_t max_holders = 0;
};

struct PutRecord {
  UserId user;
  RecordId record;
  std::optional<std::uint64_t> expected_version;  // empty: must not exist
  std::uint32_t epoch = 0;
  Bytes envelope;
  std::uint64_t max_records = 0;
};

struct RewrapRecord {
  UserId user;
  RecordId record;
  std::uint64_t expected_version = 0;
  std::uint32_t epoch = 0;
  // Makes the new envelope from the stored one.
  std::function<Result<Bytes>(ByteView stored)> splice;
};

struct DeleteRecord {
  UserId user;
  RecordId record;
  std::uint64_t expected_version = 0;
  std::uint64_t max_trash = 0;  // how many deleted records keep their content
};

struct RestoreRecord {
  UserId user;
  RecordId record;
  std::uint64_t expected_version = 0;  // the tombstone's
  std::uint64_t max_records = 0;
};

struct RecordUsage {
  std::uint64_t records = 0;
  std::uint64_t trashed = 0;
  std::uint64_t bytes = 0;  // of both
};

}  // namespace cardea::server
