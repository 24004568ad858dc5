// SPDX-License-Identifier: Apache-2.0
// Secrets are types: wiped when they end, not copyable, not printable, compared in constant time, and opened
// by one visible word, so that `git grep 'expose('` is the list to audit. Small secrets live in the object;
// long ones in memory that is locked and left out of core dumps where the system can.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/wipe.h"

namespace cardea {

inline void wipe(std::string& text) noexcept {
  wipe(text.data(), text.size());
  text.clear();
}
inline void wipe(Bytes& bytes) noexcept {
  wipe(bytes.data(), bytes.size());
  bytes.clear();
}

// Exactly N secret bytes: a key, a seed, a share.
template <std::size_t N>
class SecretArray {
 public:
  static constexpr std::size_t kSize = N;
  SecretArray() noexcept { bytes_.fill(0); }
  explicit SecretArray(std::span<const std::uint8_t, N> from) noexcept {
    std::memcpy(bytes_.data(), from.data(), N);
  }
  static Result<SecretArray> from(ByteView bytes) {
    if (bytes.size() != N) return Error::invalid_argument;
    return SecretArray(std::span<const std::uint8_t, N>(bytes.data(), N));
  }
  SecretArray(const SecretArray&) = delete;
  SecretArray& operator=(const SecretArray&) = delete;
  SecretArray(SecretArray&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_.data(), N); }
  SecretArray& operator=(SecretArray&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_.data(), N);
    }
    return *this;
  }
  ~SecretArray() { wipe(bytes_.data(), N); }

  [[nodiscard]] SecretArray clone() const noexcept { return SecretArray(expose()); }
  [[nodiscard]] std::span<const std::uint8_t, N> expose() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t, N> expose_mutable() noexcept { return bytes_; }
  friend bool operator==(const SecretArray& a, const SecretArray& b) noexcept {
    return equal_constant_time(a.bytes_, b.bytes_);
  }

 private:
  std::array<std::uint8_t, N> bytes_;
};

using SecretKey32 = SecretArray<32>;

// Any number of secret bytes in locked memory that core dumps leave out.
class SecretBytes {
 public:
  SecretBytes() noexcept = default;
  explicit SecretBytes(std::size_t size);  // zeros; std::bad_alloc when there is no memory
  explicit SecretBytes(ByteView from) : SecretBytes(from.size()) {
    if (!from.empty()) std::memcpy(data_, from.data(), from.size());
  }
  explicit SecretBytes(std::string_view from) : SecretBytes(as_bytes(from)) {}
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~SecretBytes();

  [[nodiscard]] SecretBytes clone() const { return SecretBytes(expose()); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] ByteView expose() const noexcept { return {data_, size_}; }
  [[nodiscard]] std::string_view expose_text() const noexcept { return as_text(expose()); }
  [[nodiscard]] MutableBytes expose_mutable() noexcept { return {data_, size_}; }
  // Keeps the first `size` bytes and wipes the rest. `size` must not exceed size().
  void truncate(std::size_t size);
  friend bool operator==(const SecretBytes& a, const SecretBytes& b) noexcept {
    return equal_constant_time(a.expose(), b.expose());
  }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace cardea
