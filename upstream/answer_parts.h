// SPDX-License-Identifier: Apache-2.0
// Parts that several of the server's answers share, and their readers. A reader refuses what is missing, of
// another type or out of range (Error::server_misbehaved) and ignores fields that it does not know.
#pragma once

#include <optional>
#include <vector>

#include "core/api/checkpoint_key.h"
#include "core/api/json_fields.h"
#include "core/api/proofs.h"
#include "core/records/holders.h"
#include "upstream/server_client.h"

namespace cardea::upstream {

inline constexpr std::uint32_t kMaxNumber = 0x7fffffff;  // epochs, generations, record versions
inline constexpr std::int64_t kMaxTime = std::int64_t{1} << 40;
inline constexpr std::size_t kPoint = 65;     // of P-256
inline constexpr std::size_t kMaxSpki = 600;  // RSA-4096 has 550 bytes
inline constexpr std::size_t kMaxSignature = 512;
inline constexpr std::size_t kMaxName = 128;
inline constexpr std::size_t kMaxSeal = 4096;
inline constexpr std::size_t kMaxList = 4096;
inline constexpr std::size_t kMaxCards = 256;  // of one user

enum class CardState : std::uint8_t { active, suspended, revoked };
const char* name_of(CardState state) noexcept;

struct CardStatus {
  api::CardId id;
  CardState state = CardState::revoked;
  std::string reason;  // empty, or why it is suspended or revoked
  std::uint64_t version = 0;
};

struct CardInfo {
  CardStatus status;
  std::string label;
  std::string serial;
  Bytes auth_spki;  // its hash is the id: checked
  Bytes wrap_spki;
  std::int64_t since = 0;
};

struct ComputerInfo {
  api::ComputerId id;
  std::string name;
  std::string serial;
  std::uint32_t generation = 0;  // 0: no access keys yet
  std::uint32_t issued = 0;
  std::uint32_t used = 0;
  std::string fit;
  std::int64_t last_seen = 0;
};

// The card that signed the user's recovery key.
struct RecoverySigner {
  api::CardId card_id;
  Bytes auth_spki;
  Bytes wrap_spki;
  Bytes proof;
};

struct Checkpoint {
  std::int64_t time = 0;
  Bytes signature;
  Bytes key;  // SubjectPublicKeyInfo; to be compared with the one that is known
  std::vector<api::KeyHandover> handovers = {};
};

struct AuditState {
  std::uint64_t length = 0;
  std::array<std::uint8_t, 32> head{};
  std::optional<Checkpoint> checkpoint;
};

enum class SessionLevel : std::uint8_t { password, answer, card, access_key };

struct SessionInfo {
  api::SessionId id;
  api::UserId user;
  SessionLevel level = SessionLevel::password;
  std::int64_t expires_at = 0;
};

Result<api::CardId> read_card_id(const api::Json& json);
Result<CardStatus> read_card_status(const api::Json& json);
Result<CardInfo> read_card(const api::Json& json);
Result<ComputerInfo> read_computer(const api::Json& json);
Result<RecoverySigner> read_recovery_signer(const api::Json& json);
// The member `handovers`, where there is one.
Result<std::vector<api::KeyHandover>> read_handovers(api::JsonFields& fields);
Result<AuditState> read_audit(const api::Json& json);
Result<SessionInfo> read_session(const api::Json& json);
Result<SessionLevel> read_level(const api::Json& json);
Result<records::Holder> read_holder(const api::Json& json);

// Each item by its reader.
template <typename T>
Result<std::vector<T>> read_list(const api::Json::Array& items, Result<T> (*read)(const api::Json&)) {
  std::vector<T> out;
  for (const api::Json& item : items) {
    TRY_ASSIGN(T value, read(item));
    out.push_back(std::move(value));
  }
  return out;
}

api::Json holders_json(const std::vector<records::Holder>& holders);

// Error::signature_invalid unless the signer's card signed this user's recovery key. Whether that card is the
// user's own is for the caller, who knows its id.
Status check_recovery_signer(const api::UserId& user, ByteView recovery_public, const RecoverySigner& signer);
// Error::signature_invalid unless the state has a checkpoint of `key`, an Ed25519 SubjectPublicKeyInfo.
Status check_checkpoint(const AuditState& audit, ByteView key);

}  // namespace cardea::upstream
