// SPDX-License-Identifier: Apache-2.0
// The two signature headers, separated by a line feed. What is accepted is in the profile.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/api/http_signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const auto parsed = cardea::api::parse_signature(input.substr(0, line), input.substr(line + 1));
  if (parsed.ok() &&
      (parsed->created < 0 || parsed->nonce.size() != cardea::api::kNonceSize || parsed->keyid.empty() ||
       (parsed->signature.size() != 64 && parsed->signature.size() != 32) ||
       parsed->parameters.find('\n') != std::string::npos)) {
    std::abort();
  }
  return 0;
}
