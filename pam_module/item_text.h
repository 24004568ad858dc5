// SPDX-License-Identifier: Apache-2.0
// A copy of a PAM item for the daemon: the program may change the item while we work. Names of users must be
// taken exactly or not at all; what only describes the place (terminal, host) is made readable instead,
// because leaving out a strange remote host would turn a remote login into a local one.
#pragma once

#include <cstring>
#include <string_view>

#include "core/base/utf8.h"

namespace cardea::pam {

class ItemText {
 public:
  static constexpr std::size_t kCapacity = 256;  // LOGIN_NAME_MAX, and a DNS name

  ItemText() noexcept { text_[0] = '\0'; }
  // False, and empty, when it is too long or not UTF-8.
  [[nodiscard]] bool assign_exactly(std::string_view text) noexcept {
    if (text.size() > kCapacity || !is_valid_utf8(text)) return false;
    store(text);
    return true;
  }
  // Cut to the capacity; bytes that are not UTF-8 become question marks. Never empty unless `text` is.
  void assign_readable(std::string_view text) noexcept {
    size_ = 0;
    while (!text.empty()) {
      const std::size_t length = utf8_sequence(text);
      const std::string_view piece =
          length == 0 ? std::string_view("?") : std::string_view(text.data(), length);
      if (size_ + piece.size() > kCapacity) break;
      std::memcpy(text_ + size_, piece.data(), piece.size());
      size_ += piece.size();
      text.remove_prefix(length == 0 ? 1 : length);
    }
    text_[size_] = '\0';
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_, size_}; }
  [[nodiscard]] const char* c_str() const noexcept { return text_; }

 private:
  void store(std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(text_, text.data(), text.size());
    size_ = text.size();
    text_[size_] = '\0';
  }
  char text_[kCapacity + 1];
  std::size_t size_ = 0;
};

}  // namespace cardea::pam
