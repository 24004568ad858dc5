// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/address_text.h"

// ws2tcpip.h needs the other before it.
// clang-format off
#include <winsock2.h>
#include <ws2tcpip.h>
// clang-format on

namespace cardea::recoveryd {

std::optional<std::array<std::uint8_t, 4>> read_ipv4(const char* text) noexcept {
  std::array<std::uint8_t, 4> bytes{};
  if (::inet_pton(AF_INET, text, bytes.data()) != 1) return {};
  return bytes;
}

std::optional<std::array<std::uint8_t, 16>> read_ipv6(const char* text) noexcept {
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET6, text, bytes.data()) != 1) return {};
  return bytes;
}

}  // namespace cardea::recoveryd
