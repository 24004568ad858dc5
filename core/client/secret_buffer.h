// SPDX-License-Identifier: Apache-2.0
// One typed answer on its way from a terminal to the daemon or the card worker: a fixed piece of somebody's
// locked memory (workspace.h), wiped before each use and at the end. Terminals fill it; DaemonClient empties
// it.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "core/base/wipe.h"

namespace cardea::client {

class SecretBuffer {
 public:
  explicit SecretBuffer(std::span<char> memory) noexcept : memory_(memory) {}
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer() { clear(); }

  // Takes a copy. A text that does not fit is not cut but remembered as too long, which no check accepts.
  void assign(std::string_view text) noexcept {
    clear();
    too_long_ = text.size() > memory_.size();
    if (too_long_ || text.empty()) return;
    std::memcpy(memory_.data(), text.data(), text.size());
    size_ = text.size();
  }
  // What was typed did not fit where it was read.
  void refuse_too_long() noexcept {
    clear();
    too_long_ = true;
  }
  void clear() noexcept {
    wipe(memory_.data(), size_);
    size_ = 0;
    too_long_ = false;
  }
  [[nodiscard]] bool too_long() const noexcept { return too_long_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0 && !too_long_; }
  [[nodiscard]] std::string_view expose() const noexcept { return {memory_.data(), size_}; }

 private:
  std::span<char> memory_;
  std::size_t size_ = 0;
  bool too_long_ = false;
};

}  // namespace cardea::client
