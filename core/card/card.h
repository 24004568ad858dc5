// SPDX-License-Identifier: Apache-2.0
// What the rest of Cardea may know of a card: its identity, its PIN's state, the kinds of its keys, and its
// storage as numbered objects. core/records, core/login and recoveryd include this file and nothing else of
// the folder; PKCS#11 words (token, slot, session) stay behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/signature.h"

namespace cardea::card {

using crypto::CardId;

// Which keys Cardea makes on a card. Keys that were there before may be longer RSA keys (2,048 to 4,096
// bits).
enum class KeyKind : std::uint8_t { p256 = 1, rsa = 2 };
inline constexpr std::size_t kNewRsaBits = 2048;

enum class PinState : std::uint8_t {
  unknown = 0,
  ok = 1,
  low = 2,       // at least one wrong PIN since the last right one
  last_try = 3,  // one more wrong PIN locks the card
  locked = 4,
  not_initialised = 5,  // the card has no PIN yet
};

// PKCS#11 tells states, not numbers: `tries_left` is there only where the card says it (0 and 1 always do).
struct PinReport {
  PinState state = PinState::unknown;
  std::optional<std::uint8_t> tries_left;
};

struct CardInfo {
  std::string reader;  // reader's or slot's name, printable UTF-8
  std::string label;   // printable UTF-8, at most 32 bytes, for “PIN for card “%s”: ”
  std::string serial;  // at most 16 characters; for display only, because it can be copied
  std::string model;
  bool has_cardea_keys = false;   // both keys below are there
  KeyKind kind = KeyKind::p256;   // of the auth key, when has_cardea_keys
  std::optional<CardId> card_id;  // when has_cardea_keys
  Bytes auth_spki;                // DER SubjectPublicKeyInfo, empty when there is no such key
  Bytes wrap_spki;
  PinReport pin;
  std::uint8_t min_pin = 0;  // bytes, 0 when the card does not say
  std::uint8_t max_pin = 0;
  bool write_protected = false;
};

// Card layout (docs/spec/card-layout.md): object 0 is the header, 1 to 31 hold one sealed record each, or
// continue one.
inline constexpr std::size_t kMaxCardObjects = 32;
inline constexpr std::size_t kMaxCardObjectBytes = 8192;
inline constexpr std::uint8_t kHeaderIndex = 0;

enum class ObjectState : std::uint8_t {
  whole = 0,
  duplicate =
      1,  // two objects of one label: a card pulled while it was rewritten; the readable newest counts
  unreadable = 2,  // listed, but can't be read: a card pulled while it was removed
};

struct CardObject {
  std::uint8_t index = 0;  // 0 to 31
  std::uint32_t size = 0;  // bytes, 0 when unreadable
  ObjectState state = ObjectState::whole;
};

struct CardDirectory {
  std::vector<CardObject> objects;  // ours, by index; a duplicate is listed once
  std::uint8_t foreign = 0;         // data objects of other programs: they take room from the 32
  // How many more of ours can be made before the number is exhausted; bytes are never known (PKCS#11 can't
  // tell).
  [[nodiscard]] std::size_t free_slots() const noexcept {
    const std::size_t used = objects.size() + foreign;
    return used >= kMaxCardObjects ? 0 : kMaxCardObjects - used;
  }
};

// The card's storage. All calls may fail with Error::card_removed, card_fault or reader_service_down.
class CardStorage {
 public:
  virtual ~CardStorage() = default;
  virtual Result<CardDirectory> list() = 0;
  // Error::not_found; Error::corrupted for an unreadable one.
  virtual Result<Bytes> read(std::uint8_t index) = 0;
  // Replaces or makes the object and reads it back. A replacement needs room for both. Error::card_full:
  // nothing was changed, evict and try again. Error::card_unsupported: this card stores no data. Any other
  // error: the object may be missing or old, all others are whole.
  virtual Status write(std::uint8_t index, ByteView content) = 0;
  virtual Status remove(std::uint8_t index) = 0;  // Error::not_found
};

}  // namespace cardea::card
