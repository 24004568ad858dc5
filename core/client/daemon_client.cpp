// SPDX-License-Identifier: Apache-2.0
#include "core/client/daemon_client.h"

#include <cstring>

#include "core/base/utf8.h"
#include "core/client/texts.h"

namespace cardea::client {
namespace {

using wire::AnswerKind;
using wire::MessageType;
using wire::Packet;

constexpr Error kBeginAgain = Error::session_expired;  // inside this file: the conversation must be renewed
constexpr int kCompareTries = 3;                       // of a person who types the two answers differently

class ScopedChannel {
 public:
  explicit ScopedChannel(Transport& transport) noexcept : transport_(transport) {}
  ScopedChannel(const ScopedChannel&) = delete;
  ScopedChannel& operator=(const ScopedChannel&) = delete;
  ~ScopedChannel() {
    if (channel != kNoChannel) transport_.close(channel);
  }
  Channel channel = kNoChannel;

 private:
  Transport& transport_;
};

// What the daemon may send while it works, and with a private channel or without: local-protocol.md, “Which
// message when”. Asked before the payload is looked at.
struct Permitted {
  MessageType type;
  bool in_login, in_operation;
  bool channel_allowed, channel_required;
};
constexpr Permitted kPermitted[] = {
    {MessageType::ask, true, true, true, false},      {MessageType::say, true, true, false, false},
    {MessageType::reveal, true, true, true, true},    {MessageType::verdict, true, false, false, false},
    {MessageType::result, false, true, false, false}, {MessageType::borrow, true, false, false, false},
};

bool is_permitted(MessageType type, bool login, bool has_channel) noexcept {
  for (const Permitted& row : kPermitted) {
    if (row.type != type) continue;
    return (login ? row.in_login : row.in_operation) &&
           (has_channel ? row.channel_allowed : !row.channel_required);
  }
  return false;
}

bool is_sendable(const SecretBuffer& answer, std::uint16_t max_length) noexcept {
  const std::string_view text = answer.expose();
  return !answer.too_long() && text.size() <= max_length && is_valid_utf8(text) &&
         text.find('\0') == std::string_view::npos;
}

// “Answers and routes”: whether a non-empty answer goes past the daemon.
bool goes_private(wire::Route route, std::size_t size) noexcept {
  switch (route) {
    case wire::Route::daemon:
      return false;
    case wire::Route::private_channel:
      return true;
    case wire::Route::by_form:
      return size <= wire::kMaxPinBytes;
  }
  return true;
}

}  // namespace

DaemonClient::DaemonClient(Transport& transport, Terminal& terminal, Workspace& workspace) noexcept
    : transport_(transport), terminal_(terminal), workspace_(workspace), answer_(workspace.answer()) {}

Error DaemonClient::login(const wire::Begin& begin, wire::Verdict& verdict) noexcept {
  may_lend_ = (begin.flags & wire::kHasAgent) != 0;
  return run(begin, Final::verdict, begin.timeout_ms + begin.wait_for_card_ms, verdict);
}

Error DaemonClient::operation(const wire::BeginOperation& begin, wire::OperationResult& result) noexcept {
  may_lend_ = false;
  return run(begin, Final::result, begin.timeout_ms, result);
}

template <typename Begin, typename Last>
Error DaemonClient::run(const Begin& begin, Final final, std::uint32_t budget_ms, Last& last) noexcept {
  Error error = kNoError;
  Packet packet;
  renewable_ = final == Final::verdict;
  renewals_ = 0;
  held_ = false;
  language_ = text::language_of(begin.language);
  do {
    budget_ms_ = budget_ms + kGraceMs;
    const Packet first = wire::encode(begin, workspace_.incoming());
    if (first.empty()) return Error::invalid_argument;
    error = converse(first, final, packet);
  } while (error == kBeginAgain);
  answer_.clear();
  if (error != kNoError) return error;
  return wire::decode(packet, last) ? kNoError : Error::frame_malformed;
}

Error DaemonClient::converse(Packet begin, Final final, Packet& last) noexcept {
  if (const Error error = transport_.connect(budget_ms_); error != kNoError) return error;
  if (const Error error = transport_.send(begin); error != kNoError) return error;
  for (int messages = 0; messages < kMaxMessages; ++messages) {
    ScopedChannel scope(transport_);
    Packet packet;
    if (const Error error = transport_.receive(workspace_.incoming(), budget_ms_, packet, scope.channel);
        error != kNoError) {
      return error;
    }
    MessageType type{};
    if (!wire::packet_type(packet, type)) return Error::frame_malformed;
    if (!is_permitted(type, final == Final::verdict, scope.channel != kNoChannel)) {
      return Error::message_not_permitted;
    }
    if (type == MessageType::verdict || type == MessageType::result) {
      last = packet;
      return kNoError;
    }
    const Error error = step(type, packet, scope.channel);
    // A daemon that ends a conversation while a person types has left its last word in the socket.
    if (error != kNoError && error != Error::peer_closed) return error;
  }
  return Error::limit_exceeded;
}

Error DaemonClient::step(MessageType type, Packet packet, Channel channel) noexcept {
  switch (type) {
    case MessageType::ask:
      return on_ask(packet, channel);
    case MessageType::say:
      return on_say(packet);
    case MessageType::reveal:
      return on_reveal(packet, channel);
    case MessageType::borrow:
      return on_borrow(packet);
    default:
      return Error::message_not_permitted;
  }
}

Error DaemonClient::on_say(Packet packet) noexcept {
  wire::Say say;
  if (!wire::decode(packet, say)) return Error::frame_malformed;
  if (!held_) terminal_.say(say);  // the person saw it before the conversation was renewed
  return kNoError;
}

// A greeter shows a prompt for hours, and who fetches an access key from his telephone types for minutes; the
// daemon waits no longer than the time of the begin message. So when an answer comes and the daemon has hung
// up, a login is begun once more and the answer kept for the very same question. To any other question, also
// one with another warning before it, it would be a secret given to the wrong card or a last try that nobody
// agreed to: that is asked anew.
Error DaemonClient::on_ask(Packet packet, Channel channel) noexcept {
  wire::Ask ask;
  if (!wire::decode(packet, ask)) return Error::frame_malformed;
  if ((ask.route == wire::Route::daemon) != (channel == kNoChannel)) return Error::frame_malformed;
  const bool use_held = held_ && holds(ask);
  held_ = false;
  Reply reply = Reply::answered;
  if (!use_held) {
    answer_.clear();
    reply = ask_terminal(ask);
  }
  if (reply != Reply::answered) {
    const Error error = send_answer(ask.ask_id, AnswerKind::refused, {});
    return reply == Reply::failed ? Error::cancelled : error;
  }
  if (renewable_ && !use_held && renewals_ < kMaxRenewals && transport_.hung_up()) {
    ++renewals_;
    hold(ask);
    return kBeginAgain;
  }
  const Error error = deliver(ask, channel);
  answer_.clear();
  return error;
}

void DaemonClient::hold(const wire::Ask& ask) noexcept {
  held_ = true;
  held_size_ = 0;
  for (const std::string_view part : {ask.purpose, ask.notice, ask.prompt}) {
    if (held_size_ + part.size() <= sizeof held_question_ && !part.empty()) {
      std::memcpy(held_question_ + held_size_, part.data(), part.size());
    }
    held_size_ += part.size();  // beyond the end: holds() is false for it
  }
}

bool DaemonClient::holds(const wire::Ask& ask) const noexcept {
  if (held_size_ > sizeof held_question_) return false;
  std::string_view rest(held_question_, held_size_);
  for (const std::string_view part : {ask.purpose, ask.notice, ask.prompt}) {
    if (!rest.starts_with(part)) return false;
    rest.remove_prefix(part.size());
  }
  return rest.empty();
}

Reply DaemonClient::ask_terminal(const wire::Ask& ask) noexcept {
  if ((ask.flags & wire::kAskTwice) != 0) return ask_twice(ask);
  return terminal_.ask(ask, Turn::first, answer_);
}

Reply DaemonClient::ask_twice(const wire::Ask& ask) noexcept {
  for (int tries = 0; tries < kCompareTries; ++tries) {
    if (const Reply reply = terminal_.ask(ask, Turn::first, answer_); reply != Reply::answered) return reply;
    if (answer_.empty() || answer_.too_long()) return Reply::answered;
    SecretBuffer repeated(workspace_.repeated_answer());
    if (const Reply reply = terminal_.ask(ask, Turn::repeat, repeated); reply != Reply::answered)
      return reply;
    if (!answer_.too_long() && !repeated.too_long() && answer_.expose() == repeated.expose())
      return Reply::answered;
    terminal_.say({wire::SayLevel::error, text::translate(language_, kNotTheSameText)});
  }
  return Reply::refused;
}

Error DaemonClient::deliver(const wire::Ask& ask, Channel channel) noexcept {
  if (answer_.empty()) return send_answer(ask.ask_id, AnswerKind::empty, {});
  if (!is_sendable(answer_, ask.max_length)) return send_answer(ask.ask_id, AnswerKind::refused, {});
  const std::string_view text = answer_.expose();
  if (!goes_private(ask.route, text.size())) return send_answer(ask.ask_id, AnswerKind::text, text);

  const wire::PacketBuffer space = workspace_.outgoing();
  const Packet secret =
      wire::encode_secret({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, space);
  const Error error = secret.empty() ? Error::internal : transport_.write(channel, secret);
  wipe(space.data(), secret.size());
  if (error != kNoError) return Error::worker_down;  // nobody holds the other end
  return send_answer(ask.ask_id, AnswerKind::in_private_channel, {});
}

Error DaemonClient::on_reveal(Packet packet, Channel channel) noexcept {
  wire::Reveal reveal;
  if (!wire::decode(packet, reveal)) return Error::frame_malformed;
  const wire::PacketBuffer space = workspace_.revealed();
  if (space.empty()) return send_answer(reveal.ask_id, AnswerKind::refused, {});
  Packet content_packet;
  if (const Error error = transport_.read(channel, space, budget_ms_, content_packet); error != kNoError) {
    return error == Error::peer_closed ? Error::worker_down : error;
  }
  std::uint8_t status = 0;
  std::span<const std::uint8_t> content;
  Reply reply = Reply::refused;
  if (wire::decode_revealed(content_packet, status, content) && status == 0) {
    reply = terminal_.reveal(reveal, content);
  }
  wipe(space.data(), content_packet.size());
  return send_answer(reveal.ask_id, reply == Reply::answered ? AnswerKind::empty : AnswerKind::refused, {});
}

// Once in a login: a conversation that is renewed has an answer to give, and what the agent said is known.
Error DaemonClient::on_borrow(Packet packet) noexcept {
  wire::Borrow borrow;
  if (!wire::decode(packet, borrow)) return Error::frame_malformed;
  ScopedChannel agent(transport_);
  if (may_lend_) agent.channel = terminal_.lend_agent();
  may_lend_ = false;
  wire::Lend lend{borrow.ask_id, agent.channel != kNoChannel};
  const wire::PacketBuffer space = workspace_.outgoing();
  const Packet answer = wire::encode(lend, space);
  if (answer.empty()) return Error::internal;
  return lend.lent ? transport_.lend(answer, agent.channel) : transport_.send(answer);
}

Error DaemonClient::send_answer(std::uint16_t ask_id, AnswerKind kind, std::string_view text) noexcept {
  const wire::PacketBuffer space = workspace_.outgoing();
  const Packet packet = wire::encode(wire::Answer{ask_id, kind, text}, space);
  const Error error = packet.empty() ? Error::internal : transport_.send(packet);
  wipe(space.data(), packet.size());
  return error;
}

}  // namespace cardea::client
