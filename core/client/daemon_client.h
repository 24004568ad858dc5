// SPDX-License-Identifier: Apache-2.0
// One conversation with the daemon (docs/spec/local-protocol.md): says what is wanted, is the daemon's
// terminal until it has decided, and carries secrets past it into the private channel. Used by the PAM
// module, the card utility and the Windows credential provider, so it neither allocates nor throws.
#pragma once

#include "core/client/secret_buffer.h"
#include "core/client/terminal.h"
#include "core/client/transport.h"
#include "core/client/workspace.h"
#include "core/text/language.h"

namespace cardea::client {

// More messages than this in one conversation is a daemon that has lost its way.
inline constexpr int kMaxMessages = 256;
// A person may be this often too slow for the daemon in one login.
inline constexpr int kMaxRenewals = 3;
// How much longer than the daemon we wait, so that its own “timed out” can still arrive.
inline constexpr std::uint32_t kGraceMs = 500;

class DaemonClient {
 public:
  // All three must outlive the object; the workspace must be ok().
  DaemonClient(Transport& transport, Terminal& terminal, Workspace& workspace) noexcept;

  // kNoError when `verdict` (or `result`) is the daemon's word; its texts live in the workspace. Otherwise
  // what went wrong on the way, cancelled when the terminal failed. Waits for the daemon no longer than the
  // message's timeout_ms and wait_for_card_ms together; the time of the person who types does not count.
  Error login(const wire::Begin& begin, wire::Verdict& verdict) noexcept;
  Error operation(const wire::BeginOperation& begin, wire::OperationResult& result) noexcept;

 private:
  enum class Final : std::uint8_t { verdict, result };

  template <typename Begin, typename Last>
  Error run(const Begin& begin, Final final, std::uint32_t budget_ms, Last& last) noexcept;
  Error converse(wire::Packet begin, Final final, wire::Packet& last) noexcept;
  Error step(wire::MessageType type, wire::Packet packet, Channel channel) noexcept;
  Error on_ask(wire::Packet packet, Channel channel) noexcept;
  void hold(const wire::Ask& ask) noexcept;
  [[nodiscard]] bool holds(const wire::Ask& ask) const noexcept;
  Error on_say(wire::Packet packet) noexcept;
  Error on_reveal(wire::Packet packet, Channel channel) noexcept;
  Error on_borrow(wire::Packet packet) noexcept;
  Reply ask_terminal(const wire::Ask& ask) noexcept;
  Reply ask_twice(const wire::Ask& ask) noexcept;
  Error deliver(const wire::Ask& ask, Channel channel) noexcept;
  Error send_answer(std::uint16_t ask_id, wire::AnswerKind kind, std::string_view text) noexcept;

  Transport& transport_;
  Terminal& terminal_;
  Workspace& workspace_;
  SecretBuffer answer_;
  std::uint32_t budget_ms_ = 0;
  bool renewable_ = false;  // a login; an operation may have changed things already
  int renewals_ = 0;
  bool may_lend_ = false;  // offered in the begin message, and not asked for yet
  text::Language language_;
  // An answer typed at a prompt that the daemon had given up meanwhile, with the question it belongs to; see
  // on_ask.
  bool held_ = false;
  std::size_t held_size_ = 0;
  char held_question_[512];
};

}  // namespace cardea::client
