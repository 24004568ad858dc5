// SPDX-License-Identifier: Apache-2.0
// Everything a card keeps when it has no power: files, access rules, PINs with their counters, keys, serial
// number. The personalities change it, the runner writes it to the state file after each command that changed
// it. A virtual card keeps its secrets in the clear, like a glass card: only secrets made for tests belong
// on it.
#pragma once

#include <map>
#include <string>

#include "core/base/bytes.h"

namespace cardea::virtual_card {

enum class CardKind : std::uint8_t { myeid = 1, sc_hsm = 2 };
const char* kind_name(CardKind kind) noexcept;  // "myeid", "sc-hsm"
Result<CardKind> kind_of_name(std::string_view name);

struct PinRecord {
  Bytes value;
  std::uint8_t tries_left = 0;
  std::uint8_t tries_maximum = 0;
  Bytes unblock_value;  // PUK; empty when the PIN has none of its own
  std::uint8_t unblock_left = 0;
  std::uint8_t unblock_maximum = 0;
};

// What tag 82 of a file descriptor says (ISO 7816-4 table 12, and OpenSC's card-myeid.c for keys).
enum class FileType : std::uint8_t {
  transparent = 0x01,
  rsa_key = 0x11,
  ec_key = 0x22,
  directory = 0x38,
  secret_key = 0x41,  // bytes the host has put there: the result of a key agreement
};

struct CardFile {
  FileType type = FileType::transparent;
  std::array<std::uint8_t, 3> acl{};          // MyEID: nibbles, see myeid_card.h; SmartCard-HSM: unused
  std::array<std::uint8_t, 2> proprietary{};  // tag 85, given back as it came
  std::uint16_t size = 0;                     // bytes; for keys the length in bits
  Bytes content;  // transparent: `size` bytes; keys: DER, empty before they are made
  Bytes name;     // directories: application identifier

  // A key pair; secret keys are only kept.
  [[nodiscard]] bool is_key() const noexcept { return type == FileType::rsa_key || type == FileType::ec_key; }
};

// A file is found by its directory and its own identifier. The SmartCard-HSM has no directories: 0.
struct FileId {
  std::uint16_t directory = 0;
  std::uint16_t file = 0;
  friend auto operator<=>(const FileId&, const FileId&) = default;
};

struct CardState {
  CardKind kind = CardKind::myeid;
  Bytes serial;                    // MyEID: 10 bytes, SmartCard-HSM: 5
  std::uint32_t memory_limit = 0;  // bytes for files, keys and PIN records
  bool activated = false;  // access rules are in force (MyEID), the card is initialised (SmartCard-HSM)
  std::uint16_t change_counter = 0;  // MyEID: counts changes of the file system
  std::map<std::uint8_t, PinRecord> pins;
  std::map<FileId, CardFile> files;

  [[nodiscard]] CardFile* find(FileId id);
  [[nodiscard]] std::uint32_t memory_free() const noexcept;
  // Whether a new file with this cost fits: memory, and the number of files the state file can hold.
  [[nodiscard]] bool has_room_for(std::uint32_t cost) const noexcept;
};

// What creating this file takes off the card's memory, in bytes. An invented but steady rule: 16 bytes of
// administration, then the content, or five half-length numbers for an RSA key and three for an EC key.
std::uint32_t memory_cost(const CardFile& file) noexcept;

inline constexpr std::uint32_t kDefaultMemory = 65536;
inline constexpr std::uint32_t kMaximumMemory = 1U << 20;
inline constexpr std::size_t kMaximumStateSize = 4U << 20;  // bytes of a state file

// Binary form with magic, version and SHA-256 at the end. parse_state refuses with `corrupted` (damaged, cut,
// trailing bytes, impossible values) or `unknown_format`, and names the reason.
Bytes serialize_state(const CardState& state);
Result<CardState> parse_state(ByteView bytes);

}  // namespace cardea::virtual_card
