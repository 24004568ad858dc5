// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/conversation.h"

#include <algorithm>
#include <array>

namespace cardea::recoveryd {
namespace {

constexpr std::chrono::seconds kTimeForRequest{5};
constexpr std::chrono::minutes kLongestConversation{5};
constexpr std::chrono::seconds kDefaultConversation{120};
// A login's packets are shorter; a longer one gets a buffer of its length. Locked memory is dear: 64 KiB of
// it for each connection would cost a login a good part of its time.
constexpr std::size_t kUsualPacketBytes = 4'096;

LoginRequest copy(const wire::Begin& begin) {
  return LoginRequest{begin.type,
                      std::string(begin.service),
                      std::string(begin.user),
                      std::string(begin.tty),
                      std::string(begin.remote_host),
                      std::string(begin.remote_user),
                      begin.flags,
                      begin.wait_for_card_ms};
}

}  // namespace

std::string OperationRequest::argument(std::string_view name, std::string_view fallback) const {
  for (const auto& [key, value] : arguments) {
    if (key == name) return value;
  }
  return std::string(fallback);
}

Conversation::Conversation(UniqueFd socket, Peer peer, text::Language language)
    : socket_(std::move(socket)),
      peer_(peer),
      deadline_(std::chrono::steady_clock::now() + kTimeForRequest),
      voice_(language),
      out_(std::make_unique_for_overwrite<std::uint8_t[]>(wire::kMaxPacketBytes)),
      buffer_(kUsualPacketBytes) {}

void Conversation::set_deadline(std::uint32_t timeout_ms) {
  timeout_ = timeout_ms == 0 ? kDefaultConversation : std::chrono::milliseconds(timeout_ms);
  timeout_ = std::min<std::chrono::milliseconds>(timeout_, kLongestConversation);
  renew_deadline();
}

Result<ByteView> Conversation::receive() {
  TRY_ASSIGN(const std::size_t size, next_packet_size(socket_.get(), deadline_));
  if (size > buffer_.size()) buffer_ = SecretBytes(std::min(size, wire::kMaxPacketBytes));
  return receive_packet(socket_.get(), buffer_.expose_mutable(), deadline_);
}

// Whatever a stranger has written there: it is a language we have, or English.
void Conversation::speak_to(std::string_view locale_name) {
  if (!locale_name.empty()) voice_ = text::Voice(text::language_of(locale_name));
}

std::string_view Conversation::said(std::string_view text) const {
  return text::translate(voice_.language(), text);
}

Result<Request> Conversation::receive_request() {
  TRY_ASSIGN(const ByteView packet, receive());
  return take_request(packet);
}

Result<Request> Conversation::take_request(ByteView packet) {
  wire::MessageType type{};
  if (!wire::packet_type(packet, type)) return Error::frame_malformed;
  // Refused by its type before anything else of it is looked at.
  switch (type) {
    case wire::MessageType::begin_login:
    case wire::MessageType::begin_account:
    case wire::MessageType::begin_session:
    case wire::MessageType::end_session:
    case wire::MessageType::begin_pin_change: {
      wire::Begin begin;
      if (!wire::decode(packet, begin)) return Error::frame_malformed;
      set_deadline(begin.timeout_ms);
      speak_to(begin.language);
      return Request(copy(begin));
    }
    case wire::MessageType::begin_operation: {
      wire::BeginOperation begin;
      if (!wire::decode(packet, begin)) return Error::frame_malformed;
      set_deadline(begin.timeout_ms);
      speak_to(begin.language);
      OperationRequest request{std::string(begin.verb), begin.flags, {}};
      for (std::size_t i = 0; i < begin.argument_count; ++i) {
        request.arguments.emplace_back(begin.arguments[i].name, begin.arguments[i].value);
      }
      return Request(std::move(request));
    }
    default:
      return Error::message_not_permitted;
  }
}

template <typename Message>
Status Conversation::send(const Message& message, int descriptor) {
  if (finished_) return Error::message_not_permitted;
  const wire::Packet packet = wire::encode(message, {out_.get(), wire::kMaxPacketBytes});
  if (packet.empty()) return fail(Error::internal, "a message does not fit its limits");
  return send_packet(socket_.get(), packet, descriptor);
}

Result<wire::Answer> Conversation::receive_answer() {
  auto packet = receive();
  if (!packet.ok()) return packet.error() == Error::peer_closed ? Error::cancelled : packet.error();
  wire::MessageType type{};
  if (!wire::packet_type(*packet, type)) return Error::frame_malformed;
  if (type != wire::MessageType::answer) return Error::message_not_permitted;
  wire::Answer answer;
  if (!wire::decode(*packet, answer)) return Error::frame_malformed;
  if (answer.ask_id != last_ask_) return Error::message_not_permitted;
  return answer;
}

Result<Reply> Conversation::ask(const Question& question) {
  std::pair<UniqueFd, UniqueFd> channel;
  if (question.route != wire::Route::daemon) {
    TRY_ASSIGN(channel, make_private_channel());
  }
  wire::Ask ask;
  ask.ask_id = ++last_ask_;
  ask.flags = question.flags;
  ask.route = question.route;
  ask.max_length = question.max_length;
  ask.purpose = question.purpose;
  ask.notice = said(question.notice);
  ask.prompt = said(question.prompt);
  if (Status sent = send(ask, channel.first.get()); !sent.ok())
    return sent.error() == Error::peer_closed ? Error::cancelled : sent.error();
  channel.first.reset();
  TRY_ASSIGN(const wire::Answer answer, receive_answer());
  Reply reply;
  reply.kind = answer.kind;
  if (answer.kind == wire::AnswerKind::text) {
    if (question.route == wire::Route::private_channel)
      return fail(Error::frame_malformed, "a secret came the wrong way");
    reply.text = SecretBytes(answer.text);
  }
  if (answer.kind == wire::AnswerKind::in_private_channel) {
    if (question.route == wire::Route::daemon) return Error::frame_malformed;
    reply.channel = std::move(channel.second);
  }
  wipe(buffer_.expose_mutable().data(), buffer_.size());
  return reply;
}

Result<UniqueFd> Conversation::ask_private(std::string purpose, std::string prompt, std::string notice,
                                           std::uint8_t flags, std::uint16_t max_length) {
  TRY_ASSIGN(Reply reply, ask(Question{std::move(purpose), std::move(prompt), std::move(notice),
                                       wire::Route::private_channel, flags, max_length}));
  if (reply.kind != wire::AnswerKind::in_private_channel) return Error::cancelled;
  return std::move(reply.channel);
}

Result<std::string> Conversation::ask_text(std::string purpose, std::string prompt, std::string notice,
                                           std::uint8_t flags) {
  const auto with_echo = static_cast<std::uint8_t>(flags | wire::kEcho);
  TRY_ASSIGN(const Reply reply, ask(Question{std::move(purpose), std::move(prompt), std::move(notice),
                                             wire::Route::daemon, with_echo}));
  if (reply.kind == wire::AnswerKind::empty && (flags & wire::kMayBeEmpty) != 0) return std::string();
  if (reply.kind != wire::AnswerKind::text) return Error::cancelled;
  return std::string(reply.text.expose_text());
}

Result<bool> Conversation::confirm(std::string purpose, std::string question) {
  TRY_ASSIGN(const std::string answer,
             ask_text(std::move(purpose), std::move(question), {}, wire::kEcho | wire::kMayBeEmpty));
  const std::string_view said = answer;
  const std::array<std::string_view, 4> yes = {"y", "yes", voice_.word(text::tr("y")),
                                               voice_.word(text::tr("yes"))};
  return std::ranges::find(yes, said) != yes.end();
}

Status Conversation::say(wire::SayLevel level, std::string_view line) {
  return send(wire::Say{level, said(line)});
}

Result<UniqueFd> Conversation::borrow_agent() {
  if (Status sent = send(wire::Borrow{++last_ask_}); !sent.ok())
    return sent.error() == Error::peer_closed ? Error::cancelled : sent.error();
  auto received = receive_packet_and_descriptor(socket_.get(), buffer_.expose_mutable(), deadline_);
  if (!received.ok()) return received.error() == Error::peer_closed ? Error::cancelled : received.error();
  wire::MessageType type{};
  if (!wire::packet_type(received->packet, type)) return Error::frame_malformed;
  if (type != wire::MessageType::lend) return Error::message_not_permitted;
  wire::Lend lend;
  if (!wire::decode(received->packet, lend)) return Error::frame_malformed;
  if (lend.ask_id != last_ask_) return Error::message_not_permitted;
  if (lend.lent != static_cast<bool>(received->descriptor)) return Error::frame_malformed;
  return std::move(received->descriptor);
}

Status Conversation::reveal(std::string_view purpose, std::string_view caption,
                            const std::function<Status(UniqueFd)>& fill) {
  TRY_ASSIGN(auto channel, make_private_channel());
  TRY(fill(std::move(channel.second)));
  TRY(send(wire::Reveal{++last_ask_, purpose, said(caption)}, channel.first.get()));
  channel.first.reset();
  TRY_ASSIGN(const wire::Answer answer, receive_answer());
  return answer.kind == wire::AnswerKind::empty ? Status() : Status(Error::cancelled);
}

Status Conversation::finish(wire::Verdict verdict) {
  verdict.message = said(verdict.message);
  TRY(send(verdict));
  finished_ = true;
  return {};
}

Status Conversation::finish(wire::OperationResult result) {
  result.message = said(result.message);
  TRY(send(result));
  finished_ = true;
  return {};
}

}  // namespace cardea::recoveryd
