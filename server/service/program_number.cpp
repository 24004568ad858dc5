// SPDX-License-Identifier: Apache-2.0
#include "server/service/program_number.h"

#include "core/base/text.h"

namespace cardea::server {

std::optional<std::uint64_t> program_number(std::string_view version) {
  const auto parts = split(version, '.');
  if (parts.size() != 3) return {};
  std::uint64_t number = 0;
  for (const std::string& part : parts) {
    const auto value = parse_decimal(part);
    if (!value || *value > 0xffff) return {};
    number = number << 16 | *value;
  }
  return number == 0 ? std::nullopt : std::optional(number);
}

std::string program_text(std::uint64_t number) {
  if (number == 0) return {};
  const auto part = [number](unsigned shift) { return std::to_string(number >> shift & 0xffff); };
  return part(32) + "." + part(16) + "." + part(0);
}

}  // namespace cardea::server
