// SPDX-License-Identifier: Apache-2.0
// Texts between Windows, which has UTF-16, and the rest of Cardea, which has UTF-8. Strict both ways: a lone
// surrogate or a byte that is not UTF-8 is an error, never a question mark, because a password is among them.
#pragma once

#include <string>
#include <string_view>

#include "core/base/secret.h"

namespace cardea::credprov {

// Error::invalid_argument for a lone surrogate or a NUL. What was read never reaches memory that is not
// wiped.
Result<SecretBytes> secret_from_utf16(std::u16string_view text);
Result<std::string> utf8_from_utf16(std::u16string_view text);

// For texts that are shown: what is not UTF-8 becomes U+FFFD.
std::u16string utf16_for_display(std::string_view text);

// How many units the text has in UTF-16; kNotUtf8 when it is none or holds a NUL.
inline constexpr std::size_t kNotUtf8 = static_cast<std::size_t>(-1);
std::size_t utf16_units(std::string_view text) noexcept;
// Little endian, into exactly 2 * utf16_units(text) bytes.
void write_utf16(std::string_view text, MutableBytes out) noexcept;

}  // namespace cardea::credprov
