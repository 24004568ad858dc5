// SPDX-License-Identifier: Apache-2.0
// What one computer keeps about one user who may enter it: the cards that open the gate, the check values of
// the access keys, and what was last heard from the server. Written by recoveryd/state, judged by
// login_policy. The byte format is docs/spec/enrolment-store.md.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/access_key/access_key_verifier.h"
#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/crypto/signature.h"

namespace cardea::login {

using UserId = std::array<std::uint8_t, 16>;

// announced: offered to the server in a replacement that has not been confirmed here; opens nothing.
enum class CardState : std::uint8_t { active = 1, suspended = 2, revoked = 3, announced = 4 };

// A card this user was ever let in with here. A revoked card stays in the list, so that it can be told from
// an unknown one.
struct EnrolledCard {
  crypto::CardId card_id{};
  Bytes auth_spki;  // the pinned key: what a login signature is checked against
  Bytes wrap_spki;
  std::string label;   // what the prompt calls the card
  std::string serial;  // for display only: a serial number can be copied
  CardState state = CardState::active;
};

// What `gate on` asks for before it closes the gate; each is the time it last succeeded, 0 = never.
struct Rehearsals {
  UnixSeconds card = 0;
  UnixSeconds access_key = 0;
  UnixSeconds break_glass = 0;
};

struct EnrolmentRecord {
  std::string local_user;
  UserId user_id{};
  std::string account;
  std::vector<std::string> servers;  // base URLs, tried in order; empty for a computer-only enrolment
  std::uint32_t epoch = 0;           // of the user's root key
  std::vector<EnrolledCard> cards;
  // The current access-key generation and, between PREPARE and COMMIT, the one that will replace it: keys of
  // both open. Neither for a computer-only enrolment.
  std::optional<access_key::AccessKeyVerifier> current;
  std::optional<access_key::AccessKeyVerifier> pending;
  SecretKey32 device_share;               // DS
  UnixSeconds revocation_checked_at = 0;  // last time the server told us the states of the cards
  UnixSeconds latest_time_seen = 0;       // a clock that is behind this has been turned back
  bool rotate_wanted = false;             // a key was used: make a new generation at the next contact
  Rehearsals rehearsals;
  // How far this computer has followed the user's events at the server: one that forgets or forks is noticed.
  std::uint64_t audit_length = 0;
  std::array<std::uint8_t, 32> audit_head{};
  Bytes checkpoint_key;         // SubjectPublicKeyInfo that signs them; empty until the first contact
  bool server_doubted = false;  // what it shows did not go on from there
  // A guest, and until when the server's statement about him may be believed; 0: an owner of this computer.
  UnixSeconds guest_until = 0;

  // When the server said that this computer was taken out of the account; 0: it did not. Cards and access
  // keys open as before.
  UnixSeconds retired_at = 0;

  [[nodiscard]] bool is_guest() const noexcept { return guest_until != 0; }
  [[nodiscard]] EnrolmentRecord clone() const;
  [[nodiscard]] const EnrolledCard* find_card(const crypto::CardId& id) const noexcept;
};

inline constexpr std::size_t kMaxCardsPerUser = 16;
inline constexpr std::size_t kMaxServersPerUser = 8;

// The body of a store file. decode() refuses unknown versions, out-of-range values and trailing bytes.
SecretBytes encode(const EnrolmentRecord& record);
Result<EnrolmentRecord> decode_enrolment(ByteView body);

}  // namespace cardea::login
