// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/personality.h"

#include "tests/virtual_card/myeid_card.h"
#include "tests/virtual_card/sc_hsm_card.h"

namespace cardea::virtual_card {

std::unique_ptr<Personality> make_personality(CardState& state, Random& random) {
  if (state.kind == CardKind::myeid) return std::make_unique<MyEidCard>(state, random);
  return std::make_unique<ScHsmCard>(state, random);
}

Result<CardState> make_blank_card(CardKind kind, ByteView serial, std::uint32_t memory_limit) {
  if (serial.size() != (kind == CardKind::myeid ? 10U : 5U)) {
    return fail(Error::invalid_argument, "serial number must have 10 bytes (myeid) or 5 (sc-hsm)");
  }
  if (kind == CardKind::myeid) return MyEidCard::blank(serial, memory_limit);
  return ScHsmCard::blank(serial, memory_limit);
}

}  // namespace cardea::virtual_card
