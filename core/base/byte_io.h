// SPDX-License-Identifier: Apache-2.0
// Reading and writing of our binary formats: big-endian numbers and lp() fields (docs/spec/conventions.md).
// Nothing here allocates or throws: the PAM module uses it inside other people's programs. A reader or
// writer that meets its end goes bad and stays bad, so a caller may check once, at the end.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace cardea {

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> input) noexcept : rest_(input) {}

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() noexcept { return number(8); }
  // The next `size` bytes, pointing into the input; empty and bad when there are fewer.
  std::span<const std::uint8_t> bytes(std::size_t size) noexcept {
    if (!good_ || rest_.size() < size) {
      good_ = false;
      return {};
    }
    const auto out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }
  std::span<const std::uint8_t> lp() noexcept { return bytes(u16()); }    // 2-byte length, then the bytes
  std::span<const std::uint8_t> lp32() noexcept { return bytes(u32()); }  // 4-byte length, for long bodies
  std::string_view text() noexcept {
    const auto view = lp();
    return {reinterpret_cast<const char*>(view.data()), view.size()};
  }
  [[nodiscard]] bool good() const noexcept { return good_; }
  // True when everything was there and nothing is left over: trailing bytes are an error in every format.
  [[nodiscard]] bool complete() const noexcept { return good_ && rest_.empty(); }
  [[nodiscard]] std::span<const std::uint8_t> rest() const noexcept { return rest_; }

 private:
  std::uint64_t number(std::size_t size) noexcept {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes(size))
      value = (value << 8) | byte;
    return value;
  }
  std::span<const std::uint8_t> rest_;
  bool good_ = true;
};

// Writes into a buffer of fixed size that the caller owns.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::uint8_t> output) noexcept : output_(output) {}

  void u8(std::uint8_t value) noexcept { number(value, 1); }
  void u16(std::uint16_t value) noexcept { number(value, 2); }
  void u32(std::uint32_t value) noexcept { number(value, 4); }
  void u64(std::uint64_t value) noexcept { number(value, 8); }
  void bytes(std::span<const std::uint8_t> value) noexcept {
    if (!good_ || output_.size() - used_ < value.size()) {
      good_ = false;
      return;
    }
    if (!value.empty()) std::memcpy(output_.data() + used_, value.data(), value.size());
    used_ += value.size();
  }
  void lp(std::span<const std::uint8_t> value) noexcept {
    if (value.size() > 0xffff) {
      good_ = false;
      return;
    }
    u16(static_cast<std::uint16_t>(value.size()));
    bytes(value);
  }
  void text(std::string_view value) noexcept {
    lp({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }
  [[nodiscard]] bool good() const noexcept { return good_; }
  [[nodiscard]] std::span<const std::uint8_t> written() const noexcept { return output_.first(used_); }

 private:
  void number(std::uint64_t value, std::size_t size) noexcept {
    std::uint8_t buffer[8];
    for (std::size_t i = 0; i < size; ++i)
      buffer[i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
    bytes({buffer, size});
  }
  std::span<std::uint8_t> output_;
  std::size_t used_ = 0;
  bool good_ = true;
};

}  // namespace cardea
