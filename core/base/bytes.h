// SPDX-License-Identifier: Apache-2.0
// Plain bytes (not secrets, see secret.h) and their text forms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace cardea {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

// Compares in time that depends on the lengths only.
bool equal_constant_time(ByteView a, ByteView b) noexcept;

std::string to_hex(ByteView bytes);            // lower case
Result<Bytes> from_hex(std::string_view hex);  // either case, even length, nothing else
std::string to_base64url(ByteView bytes);      // RFC 4648 section 5, no padding
Result<Bytes> from_base64url(std::string_view text);
std::string to_base64(ByteView bytes);  // RFC 4648 section 4, padded (HTTP structured fields)
Result<Bytes> from_base64(std::string_view text);

}  // namespace cardea
