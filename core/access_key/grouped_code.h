// SPDX-License-Identifier: Apache-2.0
// Secrets that a person types from paper: Crockford base 32 in groups of four symbols, each with a check
// symbol over the group's symbols and its place (docs/spec/access-key.md, "Typed form"). Used for access keys
// (typed_form.h) and for the sheet code (core/records/sheet_code.h). What was read and what was typed never
// reach memory that is not wiped.
#pragma once

#include "core/base/secret.h"

namespace cardea::access_key {

inline constexpr std::size_t kGroupSymbols = 4;                // 20 bits of the secret
inline constexpr std::size_t kTypedGroup = kGroupSymbols + 1;  // and the check symbol
inline constexpr std::size_t kMaxTypedBytes = 256;             // longer input is not looked at
inline constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// "7Q4KX-2M9AB-...": the secret's bits in groups, with '-' between them. `secret` is a multiple of 5 bytes,
// at most 40 (two groups are 5 bytes).
SecretBytes format_groups(ByteView secret);

// The secret of `groups` groups (an even number), in any of the readings of the spec.
// Error::access_key_mistyped otherwise; mistyped_group() of that failure says where.
Result<SecretBytes> parse_groups(ByteView typed, std::size_t groups);

// Whether `typed` is, in any of the readings, group number `group` (from 1) of this secret: five symbols and
// nothing else. For one group that is typed back from paper.
bool is_group_of(ByteView secret, std::size_t group, ByteView typed);

// For whoever is still typing: the first group, from 1, that can't become right any more; 0 while in one of
// the readings every group that is complete has its check symbol right.
int mistyped_so_far(ByteView typed, std::size_t groups);

// The first group that is mistyped, counted from 1; 0 when the failure is not one of parse_groups().
int mistyped_group(const Failure& failure) noexcept;

// The check symbol's value, 0 to 31, for four symbol values at the place `group` (from 0, at most 30).
std::uint8_t check_symbol(std::span<const std::uint8_t, kGroupSymbols> symbols, std::size_t group) noexcept;

// The word of the spelling alphabet (ICAO) or the English digit for a symbol of kAlphabet; empty for others.
std::string_view spelling_word(char symbol) noexcept;

}  // namespace cardea::access_key
