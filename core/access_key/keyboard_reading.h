// SPDX-License-Identifier: Apache-2.0
// What a typed character may have meant: as it stands, or typed on a keyboard whose layout is not the one
// that the computer believes in, as happens at login screens (docs/spec/access-key.md, "Reading"). Called by
// grouped_code.cpp only.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.h"

namespace cardea::access_key {

enum class Reading : std::uint8_t { as_typed, qwertz, azerty, azerty_shifted, azerty_unshifted };
// In the order in which they are tried.
inline constexpr std::array kReadings = {Reading::as_typed, Reading::qwertz, Reading::azerty,
                                         Reading::azerty_shifted, Reading::azerty_unshifted};

inline constexpr std::uint8_t kNoSymbol = 0xfe;   // a character that is no symbol in this reading
inline constexpr std::uint8_t kSeparator = 0xff;  // to be passed over

// 0 to 31, kNoSymbol or kSeparator.
std::uint8_t read_character(Reading reading, char32_t character) noexcept;

// Takes the next character off `rest`; U+FFFD for each byte that is not UTF-8. `rest` must not be empty.
char32_t next_character(ByteView& rest) noexcept;

}  // namespace cardea::access_key
