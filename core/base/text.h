// SPDX-License-Identifier: Apache-2.0
// Small text helpers with one meaning each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/utf8.h"

namespace cardea {

// A local or Cardea account name: 1 to 64 characters of [A-Za-z0-9_.@-], not beginning with '-' or '.'.
bool is_account_name(std::string_view text) noexcept;
// As is when made of harmless characters, else in double quotes with \xHH for everything doubtful.
std::string escape_for_log(std::string_view text);
// Without blanks and tabs at either end.
std::string_view trim(std::string_view text) noexcept;
std::vector<std::string> split(std::string_view text, char separator);
// Decimal digits only, no sign, no blanks; empty on overflow or anything else.
std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept;
// "2026-11-22T13:28:22Z"
std::string format_utc(std::int64_t unix_seconds);
// "30 s", "12 min", "1 h": how the prompts name a waiting time; rounded up.
std::string format_wait(std::int64_t seconds);

}  // namespace cardea
