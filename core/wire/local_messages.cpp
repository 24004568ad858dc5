// SPDX-License-Identifier: Apache-2.0
#include "core/wire/local_messages.h"

#include "core/wire/message_io.h"

namespace cardea::wire {
namespace {

constexpr std::uint32_t kKnownBeginFlags =
    kSilent | kOneField | kHasFirstPass | kNotInteractive | kHasAgent | kPreliminary;
constexpr std::uint32_t kKnownOperationFlags = kSilent | kOneField | kHasFirstPass | kNotInteractive;
constexpr std::uint8_t kKnownAskFlags = kEcho | kAskTwice | kMayBeEmpty;

bool is_begin(MessageType type) noexcept {
  return type >= MessageType::begin_login && type <= MessageType::begin_pin_change;
}

// The fields of each message in the order of docs/spec/local-protocol.md, “Packet”. Message is const when Io
// writes.

template <typename Io, typename Message>
void begin_fields(Io& io, Message& m) noexcept {
  io.text(m.service);
  io.text(m.user);
  io.text(m.tty);
  io.text(m.remote_host);
  io.text(m.remote_user);
  io.flags(m.flags, kKnownBeginFlags);
  io.u32(m.timeout_ms);
  io.u32(m.wait_for_card_ms);
  io.text(m.language);
}

template <typename Io, typename Message>
void operation_fields(Io& io, Message& m) noexcept {
  io.text(m.verb);
  io.flags(m.flags, kKnownOperationFlags);
  io.u32(m.timeout_ms);
  io.pairs(m.arguments, m.argument_count);
  io.text(m.language);
}

template <typename Io, typename Message>
void answer_fields(Io& io, Message& m) noexcept {
  io.choice(m.kind, AnswerKind::empty);
  io.text(m.text, kMaxAnswerBytes);
  io.require((m.kind == AnswerKind::text) == !m.text.empty());  // a secret in the wrong place is refused here
}

template <typename Io, typename Message>
void ask_fields(Io& io, Message& m) noexcept {
  io.flags(m.flags, kKnownAskFlags);
  io.choice(m.route, Route::by_form);
  io.u16(m.max_length);
  io.require(m.max_length <= (m.route == Route::private_channel ? kMaxSecretBytes : kMaxAnswerBytes));
  io.text(m.purpose);
  io.text(m.notice);
  io.text(m.prompt);
}

template <typename Io, typename Message>
void say_fields(Io& io, Message& m) noexcept {
  io.choice(m.level, SayLevel::error);
  io.text(m.line);
}

template <typename Io, typename Message>
void verdict_fields(Io& io, Message& m) noexcept {
  io.choice(m.decision, Decision::not_enrolled);
  io.u16(m.error);
  io.text(m.user);
  io.text(m.message);
  io.pairs(m.environment, m.environment_count);
}

template <typename Io, typename Message>
void result_fields(Io& io, Message& m) noexcept {
  io.u16(m.error);
  io.text(m.message);
  io.json(m.json);
}

template <typename Io, typename Message>
void reveal_fields(Io& io, Message& m) noexcept {
  io.text(m.purpose);
  io.text(m.caption);
}

template <typename Io, typename Message>
void borrow_fields(Io&, Message&) noexcept {}

template <typename Io, typename Message>
void lend_fields(Io& io, Message& m) noexcept {
  io.yes_or_no(m.lent);
}

template <typename Message>
Packet write(const Message& message, MessageType type, std::uint16_t ask_id, PacketBuffer buffer,
             void (*fields)(MessageWriter&, const Message&) noexcept) noexcept {
  MessageWriter writer(buffer, type, ask_id);
  fields(writer, message);
  return writer.packet();
}

// Reads into `message` only after version and type were found right.
template <typename Message>
bool read(Packet packet, MessageType wanted, Message& message, std::uint16_t& ask_id,
          void (*fields)(MessageReader&, Message&) noexcept) noexcept {
  MessageType type{};
  if (!packet_type(packet, type) || type != wanted) return false;
  MessageReader reader(packet);
  ask_id = reader.ask_id();
  fields(reader, message);
  return reader.complete();
}

// For the messages that belong to no ask.
template <typename Message>
bool read_plain(Packet packet, MessageType wanted, Message& message,
                void (*fields)(MessageReader&, Message&) noexcept) noexcept {
  std::uint16_t ask_id = 0;
  return read(packet, wanted, message, ask_id, fields) && ask_id == 0;
}

}  // namespace

bool packet_type(Packet packet, MessageType& type) noexcept {
  if (packet.size() < 4 || packet.size() > kMaxPacketBytes || packet[0] != kLocalVersion) return false;
  type = static_cast<MessageType>(packet[1]);
  switch (type) {
    case MessageType::begin_login:
    case MessageType::begin_account:
    case MessageType::begin_session:
    case MessageType::end_session:
    case MessageType::begin_pin_change:
    case MessageType::begin_operation:
    case MessageType::answer:
    case MessageType::ask:
    case MessageType::say:
    case MessageType::verdict:
    case MessageType::result:
    case MessageType::reveal:
    case MessageType::lend:
    case MessageType::borrow:
      return true;
  }
  return false;
}

Packet encode(const Begin& message, PacketBuffer buffer) noexcept {
  if (!is_begin(message.type)) return {};
  return write(message, message.type, 0, buffer, begin_fields);
}
Packet encode(const BeginOperation& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::begin_operation, 0, buffer, operation_fields);
}
Packet encode(const Answer& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::answer, message.ask_id, buffer, answer_fields);
}
Packet encode(const Ask& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::ask, message.ask_id, buffer, ask_fields);
}
Packet encode(const Say& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::say, 0, buffer, say_fields);
}
Packet encode(const Verdict& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::verdict, 0, buffer, verdict_fields);
}
Packet encode(const OperationResult& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::result, 0, buffer, result_fields);
}
Packet encode(const Reveal& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::reveal, message.ask_id, buffer, reveal_fields);
}
Packet encode(const Borrow& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::borrow, message.ask_id, buffer, borrow_fields);
}
Packet encode(const Lend& message, PacketBuffer buffer) noexcept {
  return write(message, MessageType::lend, message.ask_id, buffer, lend_fields);
}

bool decode(Packet packet, Begin& message) noexcept {
  return packet_type(packet, message.type) && is_begin(message.type) &&
         read_plain(packet, message.type, message, begin_fields);
}
bool decode(Packet packet, BeginOperation& message) noexcept {
  return read_plain(packet, MessageType::begin_operation, message, operation_fields);
}
bool decode(Packet packet, Answer& message) noexcept {
  return read(packet, MessageType::answer, message, message.ask_id, answer_fields);
}
bool decode(Packet packet, Ask& message) noexcept {
  return read(packet, MessageType::ask, message, message.ask_id, ask_fields);
}
bool decode(Packet packet, Say& message) noexcept {
  return read_plain(packet, MessageType::say, message, say_fields);
}
bool decode(Packet packet, Verdict& message) noexcept {
  return read_plain(packet, MessageType::verdict, message, verdict_fields);
}
bool decode(Packet packet, OperationResult& message) noexcept {
  return read_plain(packet, MessageType::result, message, result_fields);
}
bool decode(Packet packet, Reveal& message) noexcept {
  return read(packet, MessageType::reveal, message, message.ask_id, reveal_fields);
}
bool decode(Packet packet, Borrow& message) noexcept {
  return read(packet, MessageType::borrow, message, message.ask_id, borrow_fields);
}
bool decode(Packet packet, Lend& message) noexcept {
  return read(packet, MessageType::lend, message, message.ask_id, lend_fields);
}

}  // namespace cardea::wire
