// SPDX-License-Identifier: Apache-2.0
// Whoever sits between the daemon and the person: the PAM conversation, the terminal of the card utility, a
// file of answers. DaemonClient calls it. Implementations must not throw.
#pragma once

#include "core/client/secret_buffer.h"
#include "core/client/transport.h"
#include "core/wire/local_messages.h"

namespace cardea::client {

enum class Turn : std::uint8_t { first, repeat };  // repeat: the same question again, to be compared

enum class Reply : std::uint8_t {
  answered,  // `answer` holds it, or is empty
  refused,   // no answer to this question, but the conversation goes on
  failed,    // the conversation is broken or the person gave up: nothing more will be asked
};

class Terminal {
 public:
  virtual Reply ask(const wire::Ask& ask, Turn turn, SecretBuffer& answer) noexcept = 0;
  virtual void say(const wire::Say& say) noexcept = 0;
  // Shows what the card worker reveals; `content` is wiped after the call.
  virtual Reply reveal(const wire::Reveal& reveal, std::span<const std::uint8_t> content) noexcept = 0;
  // A connection to the person's ssh agent, which the caller closes, or kNoChannel.
  virtual Channel lend_agent() noexcept { return kNoChannel; }

 protected:
  ~Terminal() = default;
};

}  // namespace cardea::client
