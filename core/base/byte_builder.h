// SPDX-License-Identifier: Apache-2.0
// The growing counterpart of ByteWriter, for programs that may allocate: contexts, envelopes, stores.
#pragma once

#include <stdexcept>

#include "core/base/bytes.h"

namespace cardea {

class ByteBuilder {
 public:
  ByteBuilder& u8(std::uint8_t value) { return number(value, 1); }
  ByteBuilder& u16(std::uint16_t value) { return number(value, 2); }
  ByteBuilder& u32(std::uint32_t value) { return number(value, 4); }
  ByteBuilder& u64(std::uint64_t value) { return number(value, 8); }
  // Not inlined: at -O3 g++ 12 sees an overflow in a chain of insertions that isn't there
  // (-Wstringop-overflow).
  [[gnu::noinline]] ByteBuilder& raw(ByteView value) {
    out_.insert(out_.end(), value.begin(), value.end());
    return *this;
  }
  ByteBuilder& raw(std::string_view value) { return raw(as_bytes(value)); }
  // A field longer than 65,535 bytes is a bug of the caller, who checks limits before.
  ByteBuilder& lp(ByteView value) {
    if (value.size() > 0xffff) throw std::length_error("lp() field over 65535 bytes");
    return u16(static_cast<std::uint16_t>(value.size())).raw(value);
  }
  ByteBuilder& lp(std::string_view value) { return lp(as_bytes(value)); }
  ByteBuilder& lp32(ByteView value) { return u32(static_cast<std::uint32_t>(value.size())).raw(value); }
  [[nodiscard]] const Bytes& view() const noexcept { return out_; }
  [[nodiscard]] Bytes take() noexcept { return std::move(out_); }

 private:
  ByteBuilder& number(std::uint64_t value, std::size_t size) {
    for (std::size_t i = size; i-- > 0;)
      out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Bytes out_;
};

}  // namespace cardea
