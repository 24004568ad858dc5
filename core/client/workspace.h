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
  enum class For : std::uint8_t {
    no_secrets,           // every ask will be refused: account check, session
    answers,              // somebody may type, and a short secret may be revealed to a program
    answers_and_reveals,  // and records are typed and shown: 112 KiB more of locked memory
  };
  explicit Workspace(For use) noexcept;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();

  // False when there was no memory; nothing else may be called then.
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  // Packets from the daemon, and our begin packet before there are any: no secrets.
  [[nodiscard]] wire::PacketBuffer incoming() const noexcept { return {incoming_, wire::kMaxPacketBytes}; }
  // Both are empty, and so take no answer, when there are to be no secrets.
  [[nodiscard]] std::span<char> answer() noexcept { return {secrets_, answer_size_}; }
  [[nodiscard]] std::span<char> repeated_answer() noexcept {
    return secrets_ == nullptr ? std::span<char>()
                               : std::span<char>(secrets_ + answer_size_, wire::kMaxAnswerBytes);
  }
  // Answers and private packets on their way out.
  [[nodiscard]] wire::PacketBuffer outgoing() noexcept {
    if (secrets_ == nullptr) return wire::PacketBuffer(refusal_);
    char* const packet = secrets_ + answer_size_ + wire::kMaxAnswerBytes;
    return {reinterpret_cast<std::uint8_t*>(packet), answer_size_ + kPacketHead};
  }
  // Empty unless there may be reveals.
  [[nodiscard]] wire::PacketBuffer revealed() const noexcept {
    return {revealed_, revealed_ == nullptr ? 0 : revealed_size_};
  }

 private:
  // An answer packet is 4 + 1 + 2 bytes longer than the answer, a private one 3.
  static constexpr std::size_t kPacketHead = 16;
  static constexpr std::size_t kShortSecret = 128;  // a keyring secret and its packet's head
  [[nodiscard]] std::size_t secrets_size() const noexcept {
    return 2 * answer_size_ + wire::kMaxAnswerBytes + kPacketHead + kShortSecret;
  }

  std::uint8_t* incoming_;
  // An answer, a repeated one, a packet, a short secret, behind each other; without records together less
  // than a page.
  char* secrets_ = nullptr;
  std::size_t answer_size_ = 0;       // 0 while there is no memory for answers
  std::uint8_t* revealed_ = nullptr;  // a piece of secrets_, unless records are shown
  std::size_t revealed_size_ = 0;
  bool ok_;
  std::uint8_t refusal_[16];  // an answer packet without text
};

}  // namespace cardea::client
