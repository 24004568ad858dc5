// SPDX-License-Identifier: Apache-2.0
// Writing and reading of the fields of one local message, with the limits of docs/spec/local-protocol.md.
// Both classes have the same methods, so local_messages.cpp names the fields of each message once, for both
// directions. Only the codec includes this.
#pragma once

#include <type_traits>

#include "core/base/byte_io.h"
#include "core/base/utf8.h"
#include "core/wire/local_messages.h"

namespace cardea::wire {

inline constexpr std::size_t kMaxJsonBytes =
    60'000;  // leaves room for a message of kMaxFieldBytes in one packet

inline bool is_field_text(std::string_view text) noexcept {
  return is_valid_utf8(text) && text.find('\0') == std::string_view::npos;
}

class MessageWriter {
 public:
  MessageWriter(PacketBuffer buffer, MessageType type, std::uint16_t ask_id) noexcept
      : out_(buffer.size() > kMaxPacketBytes ? buffer.first(kMaxPacketBytes) : buffer) {
    out_.u8(kLocalVersion);
    out_.u8(static_cast<std::uint8_t>(type));
    out_.u16(ask_id);
  }
  void u16(std::uint16_t value) noexcept { out_.u16(value); }
  void u32(std::uint32_t value) noexcept { out_.u32(value); }
  void flags(std::uint8_t value, std::uint8_t known) noexcept {
    require((value & ~known) == 0);
    out_.u8(value);
  }
  void flags(std::uint32_t value, std::uint32_t known) noexcept {
    require((value & ~known) == 0);
    out_.u32(value);
  }
  template <typename E>
  void choice(E value, E last) noexcept {
    require(value <= last);
    out_.u8(static_cast<std::uint8_t>(value));
  }
  void yes_or_no(bool value) noexcept { out_.u8(value ? 1 : 0); }
  void text(std::string_view value, std::size_t max = kMaxFieldBytes) noexcept {
    require(value.size() <= max && is_field_text(value));
    out_.text(value);
  }
  void json(std::string_view value) noexcept {
    require(value.size() <= kMaxJsonBytes && is_field_text(value));
    out_.u32(static_cast<std::uint32_t>(value.size()));
    out_.bytes({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }
  void pairs(const Pair (&pairs)[kMaxPairs], std::uint8_t count) noexcept {
    require(count <= kMaxPairs);
    out_.u8(count);
    for (std::size_t i = 0; good_ && i < count; ++i) {
      require(!pairs[i].name.empty());
      text(pairs[i].name);
      text(pairs[i].value);
    }
  }
  void require(bool condition) noexcept { good_ = good_ && condition; }
  [[nodiscard]] Packet packet() const noexcept { return good_ && out_.good() ? out_.written() : Packet{}; }

 private:
  ByteWriter out_;
  bool good_ = true;
};

class MessageReader {
 public:
  explicit MessageReader(Packet packet) noexcept : in_(packet) {
    (void)in_.u16();  // version and type: packet_type has looked at them
    ask_id_ = in_.u16();
  }
  [[nodiscard]] std::uint16_t ask_id() const noexcept { return ask_id_; }
  void u16(std::uint16_t& value) noexcept { value = in_.u16(); }
  void u32(std::uint32_t& value) noexcept { value = in_.u32(); }
  void flags(std::uint8_t& value, std::uint8_t known) noexcept {
    value = in_.u8();
    require((value & ~known) == 0);
  }
  void flags(std::uint32_t& value, std::uint32_t known) noexcept {
    value = in_.u32();
    require((value & ~known) == 0);
  }
  template <typename E>
  void choice(E& value, E last) noexcept {
    const std::uint8_t number = in_.u8();
    require(number <= static_cast<std::uint8_t>(last));
    if (good_) value = static_cast<E>(number);
  }
  void yes_or_no(bool& value) noexcept {
    const std::uint8_t number = in_.u8();
    require(number <= 1);
    value = number == 1;
  }
  void text(std::string_view& value, std::size_t max = kMaxFieldBytes) noexcept {
    value = in_.text();
    require(value.size() <= max && is_field_text(value));
  }
  void json(std::string_view& value) noexcept {
    const auto bytes = in_.lp32();
    value = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    require(value.size() <= kMaxJsonBytes && is_field_text(value));
  }
  void pairs(Pair (&pairs)[kMaxPairs], std::uint8_t& count) noexcept {
    count = in_.u8();
    require(count <= kMaxPairs);
    if (!good_) count = 0;
    for (std::size_t i = 0; good_ && i < count; ++i) {
      text(pairs[i].name);
      text(pairs[i].value);
      require(!pairs[i].name.empty());
    }
  }
  void require(bool condition) noexcept { good_ = good_ && condition && in_.good(); }
  [[nodiscard]] bool complete() const noexcept { return good_ && in_.complete(); }

 private:
  ByteReader in_;
  std::uint16_t ask_id_ = 0;
  bool good_ = true;
};

}  // namespace cardea::wire
