// SPDX-License-Identifier: Apache-2.0
// A text for the program's conversation: never longer than PAM permits, cut only between characters, and
// without control characters, because a card's label or a host name may be in it and the program may write it
// to a terminal.
#pragma once

#include <cstring>
#include <string_view>

#include <security/_pam_types.h>

#include "core/base/utf8.h"

namespace cardea::pam {

class MessageText {
 public:
  static constexpr std::size_t kCapacity = PAM_MAX_MSG_SIZE - 1;

  MessageText() noexcept { text_[0] = '\0'; }
  // As much of `text` as keeps the whole at no more than `limit` bytes. Line feeds stay, other control
  // characters and bytes that are not UTF-8 become question marks.
  void append(std::string_view text, std::size_t limit = kCapacity) noexcept {
    while (!text.empty()) {
      const std::size_t length = utf8_sequence(text);
      const bool shown = length != 0 && (text[0] == '\n' || !is_control_character(text));
      const std::string_view piece = shown ? std::string_view(text.data(), length) : std::string_view("?");
      if (size_ + piece.size() > limit) return;
      std::memcpy(text_ + size_, piece.data(), piece.size());
      size_ += piece.size();
      text_[size_] = '\0';
      text.remove_prefix(length == 0 ? 1 : length);
    }
  }
  [[nodiscard]] const char* c_str() const noexcept { return text_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  char text_[kCapacity + 1];
  std::size_t size_ = 0;
};

}  // namespace cardea::pam
