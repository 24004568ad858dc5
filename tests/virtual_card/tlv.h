// SPDX-License-Identifier: Apache-2.0
// BER-TLV as cards use it (ISO 7816-4 section 5.2.2): tags of one or two bytes, lengths up to 65,535. Used
// for file descriptors, key templates and card verifiable certificates.
#pragma once

#include <optional>

#include "core/base/bytes.h"

namespace cardea::virtual_card {

struct Tlv {
  std::uint32_t tag = 0;  // as written: 0x85 or 0x7f49
  ByteView value;         // points into the input
};

// Takes the first element off `rest`. Empty, with `rest` unchanged, when it is not whole.
std::optional<Tlv> take_tlv(ByteView& rest);
// The value of the first element with this tag in a list of elements; empty when there is none before the
// end or before the first broken element.
std::optional<ByteView> find_tlv(ByteView list, std::uint32_t tag);
// Appends one element. `value` must not exceed 65,535 bytes.
void put_tlv(Bytes& out, std::uint32_t tag, ByteView value);
inline void put_tlv(Bytes& out, std::uint32_t tag, std::initializer_list<std::uint8_t> value) {
  put_tlv(out, tag, ByteView(value.begin(), value.size()));
}

}  // namespace cardea::virtual_card
