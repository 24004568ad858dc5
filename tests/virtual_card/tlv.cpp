// SPDX-License-Identifier: Apache-2.0
#include "tests/virtual_card/tlv.h"

#include <stdexcept>

#include "core/base/byte_io.h"

namespace cardea::virtual_card {

std::optional<Tlv> take_tlv(ByteView& rest) {
  ByteReader reader(rest);
  Tlv out;
  out.tag = reader.u8();
  if ((out.tag & 0x1f) == 0x1f) {
    const std::uint8_t second = reader.u8();
    if ((second & 0x80) != 0) return std::nullopt;  // three-byte tags do not occur on these cards
    out.tag = (out.tag << 8) | second;
  }
  std::size_t length = reader.u8();
  if (length == 0x81) {
    length = reader.u8();
  } else if (length == 0x82) {
    length = reader.u16();
  } else if (length >= 0x80) {
    return std::nullopt;
  }
  out.value = reader.bytes(length);
  if (!reader.good()) return std::nullopt;
  rest = reader.rest();
  return out;
}

std::optional<ByteView> find_tlv(ByteView list, std::uint32_t tag) {
  while (!list.empty()) {
    const auto element = take_tlv(list);
    if (!element) return std::nullopt;
    if (element->tag == tag) return element->value;
  }
  return std::nullopt;
}

void put_tlv(Bytes& out, std::uint32_t tag, ByteView value) {
  if (value.size() > 0xffff) throw std::length_error("TLV over 65535 bytes");
  if (tag > 0xff) out.push_back(static_cast<std::uint8_t>(tag >> 8));
  out.push_back(static_cast<std::uint8_t>(tag & 0xff));
  if (value.size() > 0xff) {
    out.push_back(0x82);
    out.push_back(static_cast<std::uint8_t>(value.size() >> 8));
  } else if (value.size() > 0x7f) {
    out.push_back(0x81);
  }
  out.push_back(static_cast<std::uint8_t>(value.size() & 0xff));
  out.insert(out.end(), value.begin(), value.end());
}

}  // namespace cardea::virtual_card
