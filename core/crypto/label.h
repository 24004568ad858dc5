// SPDX-License-Identifier: Apache-2.0
// A label says what a derived key is for (docs/spec/envelopes.md lists them all). It is a literal, checked
// while compiling: text that came from outside can't become one. What varies belongs into the context.
#pragma once

#include <concepts>
#include <string_view>

#include "core/base/bytes.h"

namespace cardea::crypto {

class Label {
 public:
  // "cardea/v1/" and then 1 to 54 characters of [a-z0-9/-]; anything else does not compile.
  template <typename T>
  requires std::convertible_to<const T&, std::string_view>
  consteval Label(const T& text) : text_(text) {  // NOLINT: conversion is the point
    if (!text_.starts_with(kPrefix) || text_.size() == kPrefix.size() || text_.size() > 64) throw "bad label";
    for (const char c : text_) {
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-')) throw "bad label";
    }
  }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  [[nodiscard]] ByteView bytes() const noexcept { return as_bytes(text_); }

 private:
  static constexpr std::string_view kPrefix = "cardea/v1/";
  std::string_view text_;
};

}  // namespace cardea::crypto
