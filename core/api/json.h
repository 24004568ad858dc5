// SPDX-License-Identifier: Apache-2.0
// The JSON of the server's API (RFC 8259), strictly: UTF-8, no duplicate names, integers only, bounded depth
// and size, nothing after the value. A lax reader lets two programs see two different messages in the same
// signed bytes. Read by the server (requests) and its clients (answers); written by both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.h"

namespace cardea::api {

inline constexpr std::size_t kMaxJsonDepth = 8;
inline constexpr std::size_t kMaxJsonSize = 4 * 1024 * 1024;

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;  // in the order received

  Json() noexcept : value_(nullptr) {}
  Json(std::nullptr_t) noexcept : value_(nullptr) {}                   // NOLINT: conversion is the point
  Json(bool value) noexcept : value_(value) {}                         // NOLINT
  Json(std::int64_t value) noexcept : value_(value) {}                 // NOLINT
  Json(int value) noexcept : value_(std::int64_t{value}) {}            // NOLINT
  Json(std::uint32_t value) noexcept : value_(std::int64_t{value}) {}  // NOLINT
  Json(std::uint64_t value) noexcept : value_(static_cast<std::int64_t>(value)) {}  // NOLINT: below 2^63
  Json(std::string value) : value_(std::move(value)) {}                             // NOLINT
  Json(std::string_view value) : value_(std::string(value)) {}                      // NOLINT
  Json(const char* value) : value_(std::string(value)) {}                           // NOLINT
  Json(Array value) : value_(std::move(value)) {}                                   // NOLINT
  Json(Object value) : value_(std::move(value)) {}                                  // NOLINT
  // Binary values are base64url without padding.
  static Json bytes(ByteView value) { return to_base64url(value); }

  // frame_malformed, with the offset, for everything that is not exactly one acceptable value.
  static Result<Json> parse(std::string_view text);
  // No blanks; names in the order they were added. With sorted names (see canonical()) this is the form of
  // RFC 8785 for values made of our types.
  [[nodiscard]] std::string text() const;
  void append_to(std::string& out) const;

  [[nodiscard]] const bool* boolean() const noexcept { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* integer() const noexcept { return std::get_if<std::int64_t>(&value_); }
  [[nodiscard]] const std::string* string() const noexcept { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* array() const noexcept { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* object() const noexcept { return std::get_if<Object>(&value_); }
  [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(value_); }
  // The member, or nullptr when there is none or this is no object.
  [[nodiscard]] const Json* find(std::string_view name) const noexcept;
  // The same value with the names of every object in byte order (RFC 8785 for ASCII names).
  [[nodiscard]] Json canonical() const;

 private:
  std::variant<std::nullptr_t, bool, std::int64_t, std::string, Array, Object> value_;
};

}  // namespace cardea::api
