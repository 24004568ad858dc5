// SPDX-License-Identifier: Apache-2.0
// Numeric addresses: ours and the operating system's parser say the same of every text without a zero byte.
#include "core/base/ip_address.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include <arpa/inet.h>

using namespace cardea;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto v4 = parse_ipv4(text);
  const auto v6 = parse_ipv6(text);
  if (text.find('\0') != std::string::npos) {
    if (v4 || v6) std::abort();
    return 0;
  }
  Ipv4Bytes expected4{};
  Ipv6Bytes expected6{};
  const bool is_v4 = ::inet_pton(AF_INET, text.c_str(), expected4.data()) == 1;
  const bool is_v6 = ::inet_pton(AF_INET6, text.c_str(), expected6.data()) == 1;
  if (is_v4 != v4.has_value() || (v4 && *v4 != expected4)) std::abort();
  if (is_v6 != v6.has_value() || (v6 && *v6 != expected6)) std::abort();
  return 0;
}
