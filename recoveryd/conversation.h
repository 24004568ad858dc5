// SPDX-License-Identifier: Apache-2.0
// One client at the socket, from its begin to the last word. The services ask, say and reveal through this
// class; it keeps the order of messages (docs/spec/local-protocol.md, "Which message when"), the deadline,
// and secrets out of the daemon.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/secret.h"
#include "core/text/voice.h"
#include "core/wire/local_messages.h"
#include "recoveryd/os/linux/local_socket.h"

namespace cardea::recoveryd {

// What a begin message asks, in memory of its own.
struct LoginRequest {
  wire::MessageType type = wire::MessageType::begin_login;
  std::string service, user, tty, remote_host, remote_user;
  std::uint32_t flags = 0;
  std::uint32_t wait_for_card_ms = 0;
};
struct OperationRequest {
  std::string verb;
  std::uint32_t flags = 0;
  std::vector<std::pair<std::string, std::string>> arguments;
  // The value of an argument, or `fallback`.
  [[nodiscard]] std::string argument(std::string_view name, std::string_view fallback = {}) const;
};
using Request = std::variant<LoginRequest, OperationRequest>;

struct Question {
  std::string purpose, prompt, notice;
  wire::Route route = wire::Route::private_channel;
  std::uint8_t flags = 0;  // wire::AskFlags
  std::uint16_t max_length = wire::kMaxAnswerBytes;
};

struct Reply {
  wire::AnswerKind kind = wire::AnswerKind::refused;
  SecretBytes text;  // kind text
  UniqueFd channel;  // kind in_private_channel: the worker's end, with the secret waiting in it
};

class Conversation {
 public:
  // `language`: of the computer, for a client that names none.
  Conversation(UniqueFd socket, Peer peer, text::Language language = text::kEnglish);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  [[nodiscard]] const Peer& peer() const noexcept { return peer_; }
  // For texts with arguments. Constants are said in the reader's language by this class itself.
  [[nodiscard]] text::Voice& voice() noexcept { return voice_; }
  // The first message; must come within 5 s.
  Result<Request> receive_request();
  // Error::cancelled when the client is gone, timeout past the deadline of its begin.
  Result<Reply> ask(const Question& question);
  // ask() for a secret that only the worker may see: the channel to hand on. Error::cancelled for a refused
  // or empty answer.
  Result<UniqueFd> ask_private(std::string purpose, std::string prompt, std::string notice = {},
                               std::uint8_t flags = 0, std::uint16_t max_length = wire::kMaxAnswerBytes);
  // ask() for something that is no secret.
  Result<std::string> ask_text(std::string purpose, std::string prompt, std::string notice = {},
                               std::uint8_t flags = 0);
  // ask_text() for yes or no; only a clear yes is one.
  Result<bool> confirm(std::string purpose, std::string question);
  Status say(wire::SayLevel level, std::string_view line);
  // The connection to the person's ssh agent, which the begin message has offered; empty when the client does
  // not lend it after all. Nothing is known about the descriptor yet.
  Result<UniqueFd> borrow_agent();
  // `fill` has the worker write into the descriptor; returns when the client has shown it.
  Status reveal(std::string_view purpose, std::string_view caption,
                const std::function<Status(UniqueFd)>& fill);
  Status finish(wire::Verdict verdict);
  Status finish(wire::OperationResult result);
  [[nodiscard]] bool client_gone() const noexcept { return peer_gone(socket_.get()); }
  // The next question has the whole time of the begin message again: for what takes a person long.
  void renew_deadline() noexcept { deadline_ = std::chrono::steady_clock::now() + timeout_; }
  [[nodiscard]] Deadline deadline() const noexcept { return deadline_; }

 private:
  template <typename Message>
  Status send(const Message& message, int descriptor = -1);
  Result<ByteView> receive();  // into buffer_
  Result<wire::Answer> receive_answer();
  Result<Request> take_request(ByteView packet);
  void set_deadline(std::uint32_t timeout_ms);
  void speak_to(std::string_view locale_name);
  [[nodiscard]] std::string_view said(std::string_view text) const;

  UniqueFd socket_;
  Peer peer_;
  Deadline deadline_;
  text::Voice voice_;
  std::chrono::milliseconds timeout_{0};  // of the begin message
  std::uint16_t last_ask_ = 0;
  bool finished_ = false;
  std::unique_ptr<std::uint8_t[]> out_;  // one packet on its way to the client; never a secret
  SecretBytes buffer_;                   // one packet from the client: an access key may pass through it
};

}  // namespace cardea::recoveryd
