// SPDX-License-Identifier: Apache-2.0
// The memory of one conversation, taken once and given back at the end, so that nothing else needs to
// allocate and every secret of the conversation is in locked memory that core dumps leave out.
#pragma once

#include <cstdint>
#include <span>

#include "core/wire/local_messages.h"

namespace cardea::client {

class Workspace {
 public:
  // `reveals`: also room for secrets that the worker shows (64 KiB of locked memory).
  explicit Workspace(bool reveals) noexcept;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

  // False when there was no memory; nothing else may be called then.
  [[nodiscard]] bool ok() const noexcept { return secrets_ != nullptr && incoming_ != nullptr; }
  // Packets from the daemon, and our begin packet before there are any: no secrets.
  [[nodiscard]] wire::PacketBuffer incoming() const noexcept { return {incoming_, wire::kMaxPacketBytes}; }
  [[nodiscard]] std::span<char> answer() const noexcept { return secrets_->answer; }
  [[nodiscard]] std::span<char> repeated_answer() const noexcept { return secrets_->repeated; }
  // Answers and private packets on their way out.
  [[nodiscard]] wire::PacketBuffer outgoing() const noexcept { return secrets_->packet; }
  // Empty unless `reveals` was asked for and there was memory.
  [[nodiscard]] wire::PacketBuffer revealed() const noexcept {
    return {revealed_, revealed_ == nullptr ? 0 : wire::kMaxPacketBytes};
  }

 private:
  // Together less than a page. An answer packet is 4 + 1 + 2 bytes longer than the answer, a private one 3.
  struct Secrets {
    char answer[wire::kMaxAnswerBytes];
    char repeated[wire::kMaxAnswerBytes];
    std::uint8_t packet[wire::kMaxAnswerBytes + 16];
  };
  Secrets* secrets_;
  std::uint8_t* incoming_;
  std::uint8_t* revealed_;
};

}  // namespace cardea::client
