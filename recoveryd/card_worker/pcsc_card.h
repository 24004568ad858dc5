// SPDX-License-Identifier: Apache-2.0
// The worker's own PC/SC connection to a card, beside the module's: for the reset that locks the card behind
// a login, and for asking how many PIN tries are left. Main thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/card/slot.h"

namespace cardea::worker {

class PcscCards {
 public:
  PcscCards() noexcept = default;
  PcscCards(const PcscCards&) = delete;
  PcscCards& operator=(const PcscCards&) = delete;
  ~PcscCards();

  // Resets the card, once no other program is in the middle of a transaction: whatever was unlocked is locked
  // afterwards, for every program.
  Status reset(const std::string& reader);
  // Asks a card of a known kind for its tries (VERIFY without data, ISO 7816-4 section 7.5.6: spends none).
  // Empty when the kind is not known or the card does not say.
  std::optional<std::uint8_t> pin_tries(const std::string& reader, const card::TokenInfo& token);
  // After pcscd ended.
  void forget() noexcept;

 private:
  Status connect_service();
  std::intptr_t context_ = 0;
};

}  // namespace cardea::worker
