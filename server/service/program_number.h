// SPDX-License-Identifier: Apache-2.0
// A program's version as one number that can be compared: "1.2.3" is 1·2^32 + 2·2^16 + 3. What a computer
// says of itself is nothing else afterwards. Called by the edge and by admin_desk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cardea::server {

// Three decimal numbers up to 65535 with dots between, not all 0; nothing for everything else.
std::optional<std::uint64_t> program_number(std::string_view version);
// Empty for 0.
std::string program_text(std::uint64_t number);

}  // namespace cardea::server
