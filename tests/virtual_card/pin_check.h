// SPDX-License-Identifier: Apache-2.0
// The counting of PIN and PUK tries, the same on both personalities: the counter goes down before the value
// is compared and up again on success, as a card must do it whose power can be cut in between.
#pragma once

#include "tests/virtual_card/apdu.h"
#include "tests/virtual_card/card_state.h"

namespace cardea::virtual_card {

// One secret with its counter: a PIN, its PUK, or the SO-PIN.
struct CountedSecret {
  const Bytes& value;
  std::uint8_t& left;
  std::uint8_t maximum;
};

inline CountedSecret pin_of(PinRecord& record) {
  return {record.value, record.tries_left, record.tries_maximum};
}
inline CountedSecret unblock_of(PinRecord& record) {
  return {record.unblock_value, record.unblock_left, record.unblock_maximum};
}

// 9000 and a full counter, 63Cn with n tries left, or 6983 when the last try is gone.
std::uint16_t check_secret(CountedSecret secret, ByteView presented);

}  // namespace cardea::virtual_card
