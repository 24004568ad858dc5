// SPDX-License-Identifier: Apache-2.0
// The messages between login programs or the card utility and the daemon: docs/spec/local-protocol.md.
// Nothing here allocates or throws, because the PAM module uses it inside other people's programs: texts of a
// decoded message point into the packet, and encoding writes into a buffer of the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cardea::wire {

inline constexpr std::uint8_t kLocalVersion = 1;
inline constexpr std::size_t kMaxPacketBytes = 65'536;
inline constexpr std::size_t kMaxAnswerBytes = 1'024;
inline constexpr std::size_t kMaxSecretBytes =
    24'576;                                      // by the private channel, when the ask allows it: a record
inline constexpr std::size_t kMaxPinBytes = 16;  // a longer answer can only be an access key (route by_form)
inline constexpr std::size_t kMaxPairs = 32;
inline constexpr std::size_t kMaxFieldBytes = 4'096;  // any single text

enum class MessageType : std::uint8_t {
  begin_login = 0x01,
  begin_account = 0x02,
  begin_session = 0x03,
  end_session = 0x04,
  begin_pin_change = 0x05,
  begin_operation = 0x06,
  answer = 0x10,
  lend = 0x11,
  ask = 0x81,
  say = 0x82,
  verdict = 0x83,
  result = 0x84,
  reveal = 0x85,
  borrow = 0x86,
};

enum BeginFlags : std::uint32_t {
  kSilent = 1,
  kOneField = 2,
  kHasFirstPass = 4,
  kNotInteractive = 8,
  kHasAgent = 16,     // begin_login: the client can lend the person's ssh agent
  kPreliminary = 32,  // begin_pin_change: only says whether there is a PIN to change
};
enum AskFlags : std::uint8_t { kEcho = 1, kAskTwice = 2, kMayBeEmpty = 4 };
enum class Route : std::uint8_t { daemon = 0, private_channel = 1, by_form = 2 };
enum class AnswerKind : std::uint8_t { text = 0, in_private_channel = 1, refused = 2, empty = 3 };
enum class SayLevel : std::uint8_t { information = 0, error = 1 };
enum class Decision : std::uint8_t { refused = 0, granted = 1, gate_off = 2, not_enrolled = 3 };

struct Pair {
  std::string_view name;
  std::string_view value;
};

// begin_login, begin_account, begin_session, end_session, begin_pin_change
struct Begin {
  MessageType type = MessageType::begin_login;
  std::string_view service, user, tty, remote_host, remote_user;
  std::uint32_t flags = 0;
  std::uint32_t timeout_ms = 0;
  std::uint32_t wait_for_card_ms = 0;
  std::string_view language;  // locale name of the person who reads; empty: the computer's
};

struct BeginOperation {
  std::string_view verb;
  std::uint32_t flags = 0;
  std::uint32_t timeout_ms = 0;
  Pair arguments[kMaxPairs];
  std::uint8_t argument_count = 0;
  std::string_view language;  // as in Begin
};

struct Answer {
  std::uint16_t ask_id = 0;
  AnswerKind kind = AnswerKind::refused;
  std::string_view text;
};

struct Ask {
  std::uint16_t ask_id = 0;
  std::uint8_t flags = 0;
  Route route = Route::daemon;
  std::uint16_t max_length = kMaxAnswerBytes;
  std::string_view purpose, notice, prompt;
};

struct Say {
  SayLevel level = SayLevel::information;
  std::string_view line;
};

struct Verdict {
  Decision decision = Decision::refused;
  std::uint16_t error = 0;
  std::string_view user, message;
  Pair environment[kMaxPairs];
  std::uint8_t environment_count = 0;
};

struct OperationResult {
  std::uint16_t error = 0;
  std::string_view message;
  std::string_view json;  // at most 60,000 bytes
};

struct Reveal {
  std::uint16_t ask_id = 0;
  std::string_view purpose, caption;
};

// The connection to the person's ssh agent is wanted; the answer is a Lend.
struct Borrow {
  std::uint16_t ask_id = 0;
};

struct Lend {
  std::uint16_t ask_id = 0;
  bool lent = false;  // then one descriptor comes with the packet
};

using Packet = std::span<const std::uint8_t>;
using PacketBuffer = std::span<std::uint8_t>;

// Each writes one packet into `buffer` and returns it; empty when it does not fit or breaks a limit.
Packet encode(const Begin& message, PacketBuffer buffer) noexcept;
Packet encode(const BeginOperation& message, PacketBuffer buffer) noexcept;
Packet encode(const Answer& message, PacketBuffer buffer) noexcept;
Packet encode(const Ask& message, PacketBuffer buffer) noexcept;
Packet encode(const Say& message, PacketBuffer buffer) noexcept;
Packet encode(const Verdict& message, PacketBuffer buffer) noexcept;
Packet encode(const OperationResult& message, PacketBuffer buffer) noexcept;
Packet encode(const Reveal& message, PacketBuffer buffer) noexcept;
Packet encode(const Borrow& message, PacketBuffer buffer) noexcept;
Packet encode(const Lend& message, PacketBuffer buffer) noexcept;

// The type of a packet of known version and type; false for anything else. Looks at the first four bytes
// only.
bool packet_type(Packet packet, MessageType& type) noexcept;

// Each is false unless the packet is exactly one such message: known enumerators, valid UTF-8 without NUL,
// every limit kept, nothing left over.
bool decode(Packet packet, Begin& message) noexcept;
bool decode(Packet packet, BeginOperation& message) noexcept;
bool decode(Packet packet, Answer& message) noexcept;
bool decode(Packet packet, Ask& message) noexcept;
bool decode(Packet packet, Say& message) noexcept;
bool decode(Packet packet, Verdict& message) noexcept;
bool decode(Packet packet, OperationResult& message) noexcept;
bool decode(Packet packet, Reveal& message) noexcept;
bool decode(Packet packet, Borrow& message) noexcept;
bool decode(Packet packet, Lend& message) noexcept;

// Private channel packets.
inline constexpr std::size_t kMaxPrivatePacketBytes = kMaxSecretBytes + 3;
Packet encode_secret(std::span<const std::uint8_t> secret, PacketBuffer buffer) noexcept;
bool decode_secret(Packet packet, std::span<const std::uint8_t>& secret) noexcept;
Packet encode_revealed(std::uint8_t status, std::span<const std::uint8_t> content,
                       PacketBuffer buffer) noexcept;
bool decode_revealed(Packet packet, std::uint8_t& status, std::span<const std::uint8_t>& content) noexcept;

}  // namespace cardea::wire
