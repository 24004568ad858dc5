// SPDX-License-Identifier: Apache-2.0
// The card's operating system below the personality: parses commands, joins chained ones (CLA bit 5), and
// hands out answers that are longer than the Le of the command in pieces (61xx, GET RESPONSE). The runner
// gives it raw commands from the reader.
#pragma once

#include "tests/virtual_card/personality.h"

namespace cardea::virtual_card {

class CardEngine {
 public:
  CardEngine(CardState state, Random& random);
  CardEngine(const CardEngine&) = delete;  // the personality points into state_
  CardEngine& operator=(const CardEngine&) = delete;

  [[nodiscard]] ByteView atr() const { return personality_->atr(); }
  void power_cycle();
  // The answer with its status word: always at least two bytes, also for bytes that are no command.
  Bytes process(ByteView raw);

  [[nodiscard]] const CardState& state() const noexcept { return state_; }
  void set_memory_limit(std::uint32_t limit) noexcept { state_.memory_limit = limit; }
  [[nodiscard]] PinSummary pins() const { return personality_->pins(); }

 private:
  ResponseApdu dispatch(CommandApdu command);
  Bytes deliver(Bytes data, std::size_t le);

  CardState state_;
  std::unique_ptr<Personality> personality_;
  Bytes chain_;                   // data of the commands so far of a chain
  std::uint32_t chain_head_ = 0;  // INS P1 P2 of that chain
  Bytes unsent_;                  // rest of an answer, for GET RESPONSE
};

}  // namespace cardea::virtual_card
