// SPDX-License-Identifier: Apache-2.0
// What a slot and the token in it say about themselves, made safe to show: text is trimmed, cut and
// printable.
#pragma once

#include <string>

#include "core/card/card.h"
#include "core/card/pkcs11_module.h"

namespace cardea::card {

struct SlotInfo {
  std::string description;  // with PC/SC modules the reader's name, cut at 64 bytes
  bool token_present = false;
};

struct TokenInfo {
  std::string label, manufacturer, model, serial;
  CK_FLAGS flags = 0;
  std::uint8_t min_pin = 0, max_pin = 0;  // bytes, 0 when the token gives no sensible limit
  [[nodiscard]] PinReport pin() const noexcept;
};

Result<SlotInfo> read_slot_info(const Pkcs11Module& module, CK_SLOT_ID slot);
// Error::card_absent, Error::card_blank for a card the module can't read. With OpenSC this asks the card for
// its PIN tries (one command).
Result<TokenInfo> read_token_info(const Pkcs11Module& module, CK_SLOT_ID slot);
// Fixed-size blank-padded text of PKCS#11: without the padding, everything unprintable as '?'.
std::string padded_text(ByteView field);

}  // namespace cardea::card
