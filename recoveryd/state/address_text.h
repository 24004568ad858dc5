// SPDX-License-Identifier: Apache-2.0
// The system's own reading of an address in text form (RFC 4291, section 2.2; four decimal numbers for IPv4).
// For remote_tries.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace cardea::recoveryd {

std::optional<std::array<std::uint8_t, 4>> read_ipv4(const char* text) noexcept;
std::optional<std::array<std::uint8_t, 16>> read_ipv6(const char* text) noexcept;

}  // namespace cardea::recoveryd
