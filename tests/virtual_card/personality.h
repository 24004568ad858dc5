// SPDX-License-Identifier: Apache-2.0
// What a kind of card is to the engine: its ATR and its answer to each command. A personality owns what is
// lost with the power (selected file, verified PINs, security environment) and borrows the CardState that is
// kept.
#pragma once

#include <memory>

#include "core/base/random.h"
#include "tests/virtual_card/apdu.h"
#include "tests/virtual_card/card_state.h"

namespace cardea::virtual_card {

struct PinSummary {
  unsigned tries_left = 0;
  unsigned unblock_tries_left = 0;  // PUK of the user PIN, or SO-PIN
  bool verified = false;            // the user PIN, since power was last given
};

class Personality {
 public:
  virtual ~Personality() = default;
  [[nodiscard]] virtual ByteView atr() const = 0;
  virtual void power_cycle() = 0;
  virtual ResponseApdu execute(const CommandApdu& command) = 0;
  [[nodiscard]] virtual PinSummary pins() const = 0;
};

// `state` and `random` must outlive what is returned.
std::unique_ptr<Personality> make_personality(CardState& state, Random& random);
// A card as it leaves the factory: nothing on it, no PIN. crypto_failed when its device key can't be made;
// invalid_argument for a serial number of the wrong length (MyEID 10 bytes, SmartCard-HSM 5).
Result<CardState> make_blank_card(CardKind kind, ByteView serial, std::uint32_t memory_limit);

}  // namespace cardea::virtual_card
